#include "png.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace docbin {
namespace {

// Left, above, or left of above: whichever is nearest to left + above - corner, the first of equals.
std::uint8_t nearest(int left, int above, int corner) {
  const int to_left = std::abs(above - corner), to_above = std::abs(left - corner);
  const int to_corner = std::abs(left + above - 2 * corner);
  const int best = to_above <= to_corner ? above : corner;
  return static_cast<std::uint8_t>(to_left <= std::min(to_above, to_corner) ? left : best);
}

// A row whose pixels have STEP bytes: known, so that what was just made stays in registers.
template <std::size_t STEP>
void row_of(int filter, const std::uint8_t* in, const std::uint8_t* above, std::size_t width,
            std::uint8_t* out) {
  std::uint8_t left[STEP] = {}, corner[STEP] = {};
  const auto each = [&](auto guess) {
    for (std::size_t x = 0; x < width; x += STEP)
      for (std::size_t s = 0; s < STEP && x + s < width; ++s) {
        const int up = above[x + s];
        out[x + s] = left[s] = static_cast<std::uint8_t>(in[x + s] + guess(left[s], up, corner[s]));
        corner[s] = static_cast<std::uint8_t>(up);
      }
  };
  switch (filter) {
    case 0: std::memcpy(out, in, width); break;
    case 1: each([](int l, int, int) { return l; }); break;
    case 2:
      for (std::size_t x = 0; x < width; ++x) out[x] = static_cast<std::uint8_t>(in[x] + above[x]);
      break;
    case 3: each([](int l, int u, int) { return (l + u) / 2; }); break;
    default: each([](int l, int u, int c) { return nearest(l, u, c); });
  }
}

}  // namespace

bool png_unfilter(const std::uint8_t* rows, int height, std::size_t width, std::size_t step,
                  std::uint8_t* pixels) {
  constexpr decltype(&row_of<1>) kRow[] = {&row_of<1>, &row_of<2>, &row_of<3>, &row_of<4>,
                                           &row_of<5>, &row_of<6>, &row_of<7>, &row_of<8>};
  const std::vector<std::uint8_t> nothing(width, 0);
  const std::uint8_t* above = nothing.data();
  for (int y = 0; y < height; ++y, rows += width + 1, above = pixels, pixels += width) {
    if (rows[0] > 4) return false;
    kRow[step - 1](rows[0], rows + 1, above, width, pixels);
  }
  return true;
}

}  // namespace docbin
