#include "layouts.hpp"

#include <algorithm>

namespace docbin {
namespace {

using Word = std::uint64_t;

// Bit j of word i becomes bit i of word j.
void transpose(Word (&bits)[64]) {
  Word low = 0xffffffff;  // the lower half of every pair of halves
  for (int half = 32; half > 0; half /= 2, low ^= low << half)
    for (int i = 0; i < 64; i = (i + half + 1) & ~half) {
      const Word differ = (bits[i] >> half ^ bits[i + half]) & low;
      bits[i] ^= differ << half;
      bits[i + half] ^= differ;
    }
}

Word ones_below(std::size_t count) { return count >= 64 ? ~Word{0} : (Word{1} << count) - 1; }

}  // namespace

void words_from_planes(const std::uint8_t* planes, const SignMap& map, Word* words) {
  const std::size_t bytes = map.bytes(), depth = map.words();
  for (std::size_t y = 0; y < map.height; ++y)
    for (std::size_t k = 0; k < depth; ++k)
      for (std::size_t x = 0; x < map.width; x += 64) {
        Word bits[64] = {};
        const std::size_t channels = std::min<std::size_t>(64, map.channels - 64 * k);
        const std::size_t columns = std::min<std::size_t>(64, map.width - x);
        for (std::size_t c = 0; c < channels; ++c) {
          const std::uint8_t* row = planes + ((64 * k + c) * map.height + y) * bytes + x / 8;
          for (std::size_t b = 0; b < (columns + 7) / 8; ++b) bits[c] |= Word{row[b]} << (8 * b);
        }
        transpose(bits);
        for (std::size_t i = 0; i < columns; ++i)
          words[(y * map.width + x + i) * depth + k] = bits[i];
      }
}

void planes_from_words(const Word* words, const SignMap& map, std::uint8_t* planes) {
  const std::size_t bytes = map.bytes(), depth = map.words();
  for (std::size_t y = 0; y < map.height; ++y)
    for (std::size_t k = 0; k < depth; ++k)
      for (std::size_t x = 0; x < 8 * bytes; x += 64) {
        Word bits[64] = {};
        const std::size_t channels = std::min<std::size_t>(64, map.channels - 64 * k);
        const std::size_t columns = std::min<std::size_t>(64, map.width - std::min(x, map.width));
        for (std::size_t i = 0; i < columns; ++i)
          bits[i] = words[(y * map.width + x + i) * depth + k] & ones_below(channels);
        transpose(bits);
        for (std::size_t c = 0; c < channels; ++c) {
          std::uint8_t* row = planes + ((64 * k + c) * map.height + y) * bytes + x / 8;
          for (std::size_t b = 0; b < std::min<std::size_t>(8, bytes - x / 8); ++b)
            row[b] = static_cast<std::uint8_t>(bits[c] >> (8 * b));
        }
      }
}

}  // namespace docbin
