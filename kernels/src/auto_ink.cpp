#include "auto_ink.hpp"

#include <algorithm>

#include "dispatch.hpp"

namespace docbin::auto_ink {
namespace {

const Cell& cell() {
  static const Cell* const cells[] = {
      &kScalar,
      nullptr,
#if defined(__x86_64__)
      &kAvx2,
#endif
  };
  return pick(cells);
}

// Two windows, each with sums down the columns and sums along a padded row, of two quantities.
std::size_t scratch_doubles(const Plane& page, std::int64_t widest) {
  return static_cast<std::size_t>(8 * (page.width + widest + 8));
}

}  // namespace

Power edge_power(const Plane& page, std::int32_t* power) { return cell().edge_power(page, power); }

void edge_ink(const Plane& page, const std::int32_t* power, const EdgeWindow windows[2],
              double mean, std::uint8_t* wide, std::uint8_t* near) {
  std::vector<double> scratch(scratch_doubles(page, std::max(windows[0].side, windows[1].side)));
  cell().edge_ink(page, power, windows, mean, wide, near, scratch.data());
}

void paper_depth(const Plane& page, const Depth& wanted) {
  std::int64_t widest = 0;
  for (int i = 0; i < 2; ++i)
    widest = std::max({widest, wanted.paper[i].side, wanted.depth[i].side});
  std::vector<double> scratch(scratch_doubles(page, widest));
  cell().paper_depth(page, wanted, scratch.data());
}

}  // namespace docbin::auto_ink
