#include "auto_ink.hpp"

namespace docbin::auto_ink {
namespace {

#include "local_sums.inl"

#include "auto_ink_passes.inl"

}  // namespace

const Cell kAvx2 = {power_pass, edge_pass, depth_pass};

}  // namespace docbin::auto_ink
