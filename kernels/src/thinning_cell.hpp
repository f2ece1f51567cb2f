// The judging of thinning.hpp, one table a target: blocks of 64 x 4 pixels, four words, at a time.
//
// Words lie column after column: bit x of word y of column k is pixel (y, 64 k + x). So a block is
// as tall as it is cheap, and a front that moves along the rows is judged four rows at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin {

inline constexpr int kThinningRows = 4;

struct ThinningDeletion {
  std::uint32_t block;
  std::uint64_t bits[kThinningRows];
};

// Judges `count` blocks, named by their first word, for one half iteration and notes those that
// lose pixels; returns how many. Columns are `stride` words apart; a column and two rows beyond the
// blocks can be read.
using ThinningJudge = std::size_t (*)(const std::uint64_t* words, std::size_t stride,
                                      const std::uint32_t* blocks, std::size_t count, int half,
                                      ThinningDeletion* deletions);

struct ThinningCell {
  ThinningJudge zhang_suen, guo_hall;
};

extern const ThinningCell kThinningScalar;
#if defined(__x86_64__)
extern const ThinningCell kThinningAvx2;
#endif

}  // namespace docbin
