#include "turning_cell.hpp"

namespace docbin::turning {
namespace {

template <int shift, class Tap, class To>
Index blend_many(const Tap*, Index, const Weights&, Index, Index, To*) {
  return 0;
}

#include "turning_tile.inl"

}  // namespace

const Cell kScalar = {tile};

}  // namespace docbin::turning
