#include "enlarged_ink.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace docbin {
namespace {

struct Between {
  std::int32_t low, high, part;  // the copy's pixels around a pixel, and 256 times how near high is
};

Between between(std::int64_t at, std::int64_t length, std::int64_t copy) {
  const std::int64_t twice = 2 * length, place = (2 * at + 1) * copy - length;
  const std::int64_t low = place < 0 ? -1 : place / twice;
  return {static_cast<std::int32_t>(std::max<std::int64_t>(low, 0)),
          static_cast<std::int32_t>(std::min(low + 1, copy - 1)),
          static_cast<std::int32_t>((place - low * twice) * 256 / twice)};
}

struct Span {
  std::int64_t first, end;
};

// The columns of the page that set pixels of the copy's row cover.
void spans_of(const std::uint8_t* row, std::int64_t copy, std::int64_t width,
              std::vector<Span>& spans) {
  spans.clear();
  const auto start = [&](std::int64_t x) { return (x * width + copy - 1) / copy; };
  for (std::int64_t x = 0; x < copy;) {
    const void* found = std::memchr(row + x, 1, static_cast<std::size_t>(copy - x));
    if (found == nullptr) return;
    const std::int64_t first = static_cast<const std::uint8_t*>(found) - row;
    for (x = first + 1; x < copy && row[x] != 0;) ++x;
    spans.push_back({start(first), start(x)});
  }
}

}  // namespace

void enlarged_ink(const std::uint8_t* gray, std::int64_t height, std::int64_t width,
                  const Reduced& copy, std::uint8_t* out) {
  std::vector<Between> columns(static_cast<std::size_t>(width));
  for (std::int64_t x = 0; x < width; ++x) columns[x] = between(x, width, copy.width);
  std::vector<std::int32_t> blend(static_cast<std::size_t>(copy.width));
  std::vector<Span> spans;
  std::int64_t spanned = -1;
  std::memset(out, 0, static_cast<std::size_t>(height * width));
  for (std::int64_t y = 0; y < height; ++y) {
    const std::int64_t covering = y * copy.height / height;
    if (covering != spanned)
      spans_of(copy.near + covering * copy.width, copy.width, width, spans);
    spanned = covering;
    if (spans.empty()) continue;
    const Between row = between(y, height, copy.height);
    const std::uint8_t* low = copy.level + row.low * copy.width;
    const std::uint8_t* high = copy.level + row.high * copy.width;
    for (std::int64_t x = 0; x < copy.width; ++x)
      blend[x] = low[x] * (256 - row.part) + high[x] * row.part;
    const std::uint8_t* from = gray + y * width;
    std::uint8_t* to = out + y * width;
    for (const Span& span : spans)
      for (std::int64_t x = span.first; x < span.end; ++x) {
        const Between& c = columns[x];
        const std::int32_t level = blend[c.low] * (256 - c.part) + blend[c.high] * c.part;
        to[x] = 65536 * from[x] + 32768 <= level;
      }
  }
}

}  // namespace docbin
