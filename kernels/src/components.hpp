// Components of set pixels, 8-connected, as runs: numbered from 0 by their first pixel in scan
// order, a component's runs together and in scan order.
#pragma once

#include <vector>

#include "bitplane.hpp"

namespace docbin {

struct Run {
  int y, first, last;  // columns first .. last, inclusive
};

struct Component {
  int top, bottom, left, right;  // inclusive
  std::size_t runs_begin, runs_end;
};

struct Components {
  std::vector<Run> runs;
  std::vector<Component> items;
};

Components find_components(const BitPlane& plane);

}  // namespace docbin
