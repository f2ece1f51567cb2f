// One binary layer over one whole map, from arrays a byte a sign: what tests and users of a single
// layer call. The bits are packed, run block by block, and unpacked.
#pragma once

#include <cstdint>
#include <vector>

#include "xnor.hpp"

namespace docbin::xnor {

struct Map {
  long height, width;
};

// signs: (inputs, height, width), 1 = -1. Each returns through `out`, (outputs, height, width).
void layer_sums(const Plan& plan, const std::uint8_t* signs, Map map, std::int32_t* out);
void layer_signs(const Plan& plan, const std::uint8_t* signs, Map map,
                 const std::int32_t* threshold, const std::uint8_t* flip, std::uint8_t* out);
// stream: (channels, height, width) int32 within `bits`, updated; next: its signs against
// `next_threshold`.
struct UnitLayer {
  const std::int32_t *bias, *positive, *negative, *threshold, *next_threshold;
  int digits, bits;
};
void layer_unit(const Plan& plan, const UnitLayer& unit, Map map, std::int32_t* stream,
                std::uint8_t* next);

}  // namespace docbin::xnor
