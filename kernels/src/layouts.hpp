// The two layouts of a map of signs, (channels, height, width) bits, 1 for -1, and the way between
// them. Bits of no channel and of no pixel are 0.
//
// Planes: [channel][row][bytes], bit x % 8 of byte x / 8 is column x; a row has at least one empty
// column, bytes = width / 8 + 1. With the rows joined that is what xnor.hpp reads.
// Words: [row][column][words], bit c % 64 of word c / 64 is channel c; words = ceil(channels / 64).
//
// 64 channels of 64 columns at a time are a matrix of bits, transposed in six steps of exchanging
// ever smaller squares (Warren: Hacker's Delight, 2002, section 7-3).
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin {

struct SignMap {
  std::size_t channels, height, width;
  std::size_t bytes() const { return width / 8 + 1; }
  std::size_t words() const { return (channels + 63) / 64; }
};

void words_from_planes(const std::uint8_t* planes, const SignMap& map, std::uint64_t* words);
void planes_from_words(const std::uint64_t* words, const SignMap& map, std::uint8_t* planes);

}  // namespace docbin
