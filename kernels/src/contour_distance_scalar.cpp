#include "contour_distance_cell.hpp"

#include <cstddef>

namespace docbin {
namespace {

#include "contour_distance_sweeps.inl"

}  // namespace

const ContourDistanceCell kContourDistanceScalar = {
    contour_distances<std::uint16_t, std::int32_t>,
    contour_distances<std::uint32_t, std::int64_t>,
};

}  // namespace docbin
