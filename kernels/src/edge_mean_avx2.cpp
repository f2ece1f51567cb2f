#include "edge_mean.hpp"

namespace docbin::edge_mean {
namespace {

#include "local_sums.inl"

#include "edge_mean_rows.inl"

}  // namespace

const Cell kAvx2 = {ink_rows};

}  // namespace docbin::edge_mean
