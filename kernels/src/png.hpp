// The filters of PNG undone: a byte is what was stored plus a guess, modulo 256, from the bytes left
// of it, above it, and left of that; what lies beyond the picture is 0. (W3C, PNG, 2003, section 9.)
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin {

// rows: height x (1 + width) bytes, the filter first; pixels: height x width. `step`: bytes from a
// byte to the one it is guessed from on the left, 1 to 8. False where a filter is not 0 to 4.
bool png_unfilter(const std::uint8_t* rows, int height, std::size_t width, std::size_t step,
                  std::uint8_t* pixels);

}  // namespace docbin
