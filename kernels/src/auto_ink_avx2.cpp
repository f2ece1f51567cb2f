#include "auto_ink.hpp"

namespace docbin::auto_ink {
namespace {

#include "local_sums.inl"

#include "auto_ink_edges.inl"

#include "auto_ink_depth.inl"

#include "auto_ink_sharpened.inl"

}  // namespace

const Cell kAvx2 = {power_pass, edge_pass, depth_pass, sharpened_pass};

}  // namespace docbin::auto_ink
