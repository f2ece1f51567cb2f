// The ink of a large page from the level that was found on a reduced copy of it.
//
// A pixel is ink where `near`, at the copy's pixel that covers it, is set and g + 1/2 <= T, T the
// level between the four nearest pixels of the copy (bilinear, pixels' middles, weights in 1/256).
// All in 32-bit integers: T is at most 255 * 2^16. Sides are below 2^30.
#pragma once

#include <cstdint>

namespace docbin {

struct Reduced {
  const std::uint8_t* level;
  const std::uint8_t* near;  // 0 or 1
  std::int64_t height, width;
};

// gray and out are height x width bytes; the copy is not larger.
void enlarged_ink(const std::uint8_t* gray, std::int64_t height, std::int64_t width,
                  const Reduced& copy, std::uint8_t* out);

}  // namespace docbin
