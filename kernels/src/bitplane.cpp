#include "bitplane.hpp"

#include <cstring>

namespace docbin {

BitPlane pack(const std::uint8_t* image, int height, int width) {
  BitPlane plane(height, width);
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* pixels = image + static_cast<std::size_t>(y) * width;
    std::uint64_t* words = plane.row(y);
    int x = 0;
    for (; x + 8 <= width; x += 8) {
      std::uint64_t eight = 0;
      for (int i = 0; i < 8; ++i) eight |= static_cast<std::uint64_t>(pixels[x + i]) << (8 * i);
      // Eight bytes of 0 or 1: the multiplication gathers their low bits in the top byte.
      words[x >> 6] |= (eight * 0x0102040810204080u >> 56) << (x & 63);
    }
    for (; x < width; ++x) words[x >> 6] |= static_cast<std::uint64_t>(pixels[x]) << (x & 63);
  }
  return plane;
}

void unpack(const BitPlane& plane, std::uint8_t* image) {
  const int width = plane.width();
  for (int y = 0; y < plane.height(); ++y) {
    std::uint8_t* pixels = image + static_cast<std::size_t>(y) * width;
    std::memset(pixels, 0, static_cast<std::size_t>(width));
    plane.for_each(y, 0, width - 1, [&](int x) { pixels[x] = 1; });
  }
}

}  // namespace docbin
