// The sweeps of chessboard.hpp, one table a target. All work on (height, width) arrays.
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin {

// The set pixels: bit x % 64 of word x / 64 of a row, rows `stride` words apart, zeros at the end.
struct Seeds {
  const std::uint64_t* words;
  std::size_t stride;
};

struct ChessboardCell {
  void (*distance)(Seeds seeds, int height, int width, std::uint16_t* distance);
  void (*largest)(Seeds seeds, const std::uint16_t* distance, int height, int width,
                  std::uint16_t* values);
  void (*short_name)(Seeds seeds, const std::uint16_t* distance, int height, int width,
                     std::uint16_t* names);
  void (*name)(Seeds seeds, const std::uint16_t* distance, int height, int width,
               std::int32_t* names);
  void (*gather)(Seeds seeds, const std::uint16_t* distance, int height, int width,
                 std::int32_t* values);
};

extern const ChessboardCell kChessboardScalar;
#if defined(__x86_64__)
extern const ChessboardCell kChessboardAvx2;
#endif

}  // namespace docbin
