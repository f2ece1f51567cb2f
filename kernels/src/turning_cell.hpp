// What the cells of turning share before they include its passes: names, no code.
#pragma once

#include "turning.hpp"

namespace docbin::turning {

using Index = std::int64_t;
using Byte = std::uint8_t;
using Word = std::int16_t;
using Place = std::int32_t;
using Part = std::uint16_t;  // of a place, what a weight needs: its lowest bits

struct Weights {
  Word* w[4];
};

}  // namespace docbin::turning
