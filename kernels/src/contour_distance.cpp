#include "contour_distance.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "contour_distance_cell.hpp"
#include "dispatch.hpp"

namespace docbin {
namespace {

const ContourDistanceCell& cell() {
#if defined(__x86_64__)
  static constexpr const ContourDistanceCell* cells[] = {&kContourDistanceScalar, nullptr,
                                                         &kContourDistanceAvx2};
#else
  static constexpr const ContourDistanceCell* cells[] = {&kContourDistanceScalar};
#endif
  return pick(cells);
}

double value_of(const FixedSum& sum) {
  // Both terms are exact, so the result is rounded once.
  return static_cast<double>(sum.whole) + static_cast<double>(sum.rest) * 0x1p-24;
}

template <typename Step, typename Wide, typename Sweeps>
DistanceSums run(const std::uint8_t* ink, const std::uint8_t* truth, int height, int width,
                 Sweeps sweeps) {
  const std::size_t columns = static_cast<std::size_t>(width);
  // Not a vector: its zeros would be written for nothing.
  const std::unique_ptr<Step[]> above(new Step[columns * static_cast<std::size_t>(height)]);
  std::vector<Step> steps(columns);
  std::vector<Wide> squared(columns + 16), distance(columns + 16);
  std::vector<int> hull(columns + 1), reach(columns / kDistanceBlock + 1);
  std::vector<std::int16_t> near(columns + kDistanceBlock + 2 * kDistanceNear);
  std::vector<std::uint32_t> roots(kKnownRoots);
  std::vector<std::uint8_t> padded(columns + 2);
  const std::vector<std::uint8_t> none(columns, 0);
  FixedSum wrong, page;
  sweeps(ink, truth, height, width,
         {above.get(), steps.data(), squared.data(), distance.data(), hull.data(), reach.data(),
          near.data() + kDistanceNear, roots.data(), padded.data(), none.data()},
         &wrong, &page);
  return {value_of(wrong), value_of(page)};
}

}  // namespace

DistanceSums contour_distances(const std::uint8_t* ink, const std::uint8_t* truth, int height,
                               int width) {
  if (std::max(height, width) <= kModerateSide)
    return run<std::uint16_t, std::int32_t>(ink, truth, height, width, cell().moderate);
  return run<std::uint32_t, std::int64_t>(ink, truth, height, width, cell().large);
}

}  // namespace docbin
