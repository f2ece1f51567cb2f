#include "turning.hpp"

namespace docbin::turning {
namespace {

#include "turning_tile.inl"

}  // namespace

const Cell kScalar = {tile};

}  // namespace docbin::turning
