#include "thinning_cell.hpp"

namespace docbin {
namespace {

#include "thinning_passes.inl"

}  // namespace

const ThinningCell kThinningScalar = {judge<ZhangSuen>, judge<GuoHall>};

}  // namespace docbin
