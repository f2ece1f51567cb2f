// The sweeps of chessboard.hpp, one table a target. All work in place on (height, width) arrays;
// what is called before is scratch, width + 2 numbers, whatever they are.
#pragma once

#include <cstdint>

namespace docbin {

struct ChessboardCell {
  // distance: 0 at the set pixels and 65535 elsewhere, to begin with.
  void (*distance)(std::uint16_t* distance, int height, int width, std::uint16_t* before);
  void (*largest)(const std::uint16_t* distance, int height, int width, std::uint16_t* values,
                  std::uint16_t* distance_before, std::uint16_t* values_before);
  void (*name)(const std::uint16_t* distance, int height, int width, std::int32_t* names,
               std::uint16_t* distance_before, std::int32_t* names_before);
  void (*gather)(const std::uint16_t* distance, int height, int width, std::int32_t* values,
                 std::uint16_t* distance_before, std::int32_t* values_before);
};

extern const ChessboardCell kChessboardScalar;
#if defined(__x86_64__)
extern const ChessboardCell kChessboardAvx2;
#endif

}  // namespace docbin
