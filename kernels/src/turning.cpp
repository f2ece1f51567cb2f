#include "turning.hpp"

#include <algorithm>
#include <vector>

#include "dispatch.hpp"

namespace docbin::turning {
namespace {

const Cell& cell() {
  static const Cell* const cells[] = {
      &kScalar,
      nullptr,
#if defined(__x86_64__)
      &kAvx2,
#endif
  };
  return pick(cells);
}

// Lowest and highest whole place that a sum of two tables reaches.
struct Reach {
  std::int64_t low, high;
};

Reach reach(const std::int32_t* one, std::int64_t n, const std::int32_t* other, std::int64_t m) {
  const auto a = std::minmax_element(one, one + n), b = std::minmax_element(other, other + m);
  return {(*a.first + *b.first) >> 12, (*a.second + *b.second) >> 12};
}

}  // namespace

void turned(const Image& page, const Places& places, const std::uint8_t* fill,
            std::int64_t out_height, std::int64_t out_width, std::uint8_t* out) {
  std::vector<std::int16_t> scratch;
  for (std::int64_t top = 0; top < out_height; top += kTileHeight) {
    const std::int64_t height = std::min(kTileHeight, out_height - top);
    for (std::int64_t first = 0; first < out_width; first += kTileWidth) {
      const std::int64_t width = std::min(kTileWidth, out_width - first);
      const Reach v = reach(places.down + first, width, places.rows + top, height);
      const std::int64_t tall = v.high - v.low + 4;
      const Reach u = reach(places.across + first, width, places.row, page.height);
      // Parts of a row's places for every channel, h, four weights; a stretch of the page, in bytes.
      const std::int64_t line = width * page.channels;
      const std::int64_t words = (tall + 5) * line + ((u.high - u.low + 4) * page.channels + 1) / 2;
      if (static_cast<std::int64_t>(scratch.size()) < words)
        scratch.resize(static_cast<std::size_t>(words));
      const Tile tile = {first, width, top, height, v.low - 1, tall};
      cell().tile(page, places, tile, fill, out_width, out, scratch.data());
    }
  }
}

}  // namespace docbin::turning
