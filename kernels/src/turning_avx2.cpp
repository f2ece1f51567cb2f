#include "turning.hpp"

namespace docbin::turning {
namespace {

#include "turning_tile.inl"

}  // namespace

const Cell kAvx2 = {tile};

}  // namespace docbin::turning
