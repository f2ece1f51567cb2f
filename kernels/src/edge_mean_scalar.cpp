#include "edge_mean.hpp"

namespace docbin::edge_mean {
namespace {

#include "local_sums.inl"

#include "edge_mean_rows.inl"

}  // namespace

const Cell kScalar = {ink_rows};

}  // namespace docbin::edge_mean
