#include "bitplane.hpp"

#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace docbin {
namespace {

// The low bits of the bytes of as many whole words as a row has, first byte lowest; how many.
int pack_words(const std::uint8_t* pixels, int width, std::uint64_t* words) {
#if defined(__SSE2__)
  for (int k = 0; k < width / 64; ++k) {
    std::uint64_t word = 0;
    for (int i = 0; i < 4; ++i) {
      const auto* from = reinterpret_cast<const __m128i*>(pixels + 64 * k + 16 * i);
      const __m128i bits = _mm_slli_epi16(_mm_loadu_si128(from), 7);
      word |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(bits))) << 16 * i;
    }
    words[k] = word;
  }
  return width / 64;
#else
  static_cast<void>(pixels), static_cast<void>(width), static_cast<void>(words);
  return 0;
#endif
}

}  // namespace

void pack_row(const std::uint8_t* pixels, int width, std::uint64_t* words) {
  int x = 64 * pack_words(pixels, width, words);
  for (; x + 8 <= width; x += 8) {
    std::uint64_t eight = 0;
    for (int i = 0; i < 8; ++i) eight |= static_cast<std::uint64_t>(pixels[x + i]) << (8 * i);
    // Eight bytes of 0 or 1: the multiplication gathers their low bits in the top byte.
    words[x >> 6] |= (eight * 0x0102040810204080u >> 56) << (x & 63);
  }
  for (; x < width; ++x) words[x >> 6] |= static_cast<std::uint64_t>(pixels[x]) << (x & 63);
}

BitPlane pack(const std::uint8_t* image, int height, int width) {
  BitPlane plane(height, width);
  for (int y = 0; y < height; ++y)
    pack_row(image + static_cast<std::size_t>(y) * width, width, plane.row(y));
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
