#include "auto_ink.hpp"

#include <algorithm>
#include <cmath>

#include "dispatch.hpp"

namespace docbin::auto_ink {
namespace {

const Cell& cell() { return pick<kScalar, kAvx2>(); }

// Four sums, each down the columns and along a padded row (see Sums), and a row.
std::size_t scratch_doubles(const Plane& page, std::int64_t widest) {
  return static_cast<std::size_t>(4 * (2 * page.width + widest + 1) + page.width);
}

// The pixels that are neither ink nor have any among their eight neighbours: 1, else 0.
std::vector<std::uint8_t> bare_paper(const Plane& page, const std::uint8_t* ink) {
  const std::int64_t h = page.height, w = page.width;
  std::vector<std::uint8_t> bare(static_cast<std::size_t>(h * w)), line(static_cast<std::size_t>(w + 2), 0);
  for (std::int64_t y = 0; y < h; ++y) {
    const std::uint8_t* here = ink + y * w;
    const std::uint8_t* above = y > 0 ? here - w : here;
    const std::uint8_t* below = y + 1 < h ? here + w : here;
    std::uint8_t* three = line.data() + 1;
    for (std::int64_t x = 0; x < w; ++x)
      three[x] = static_cast<std::uint8_t>(above[x] | here[x] | below[x]);
    std::uint8_t* to = bare.data() + y * w;
    for (std::int64_t x = 0; x < w; ++x)
      to[x] = static_cast<std::uint8_t>(1 ^ (three[x - 1] | three[x] | three[x + 1]));
  }
  return bare;
}

}  // namespace

double quantile(std::vector<std::int32_t>& values, double share) {
  const double rank = share * static_cast<double>(values.size() - 1);
  const auto low = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), low, values.end());
  const double part = rank - std::floor(rank), a = *low;
  if (part == 0) return a;
  return a + part * (*std::min_element(low + 1, values.end()) - a);
}

Power edge_power(const Plane& page, std::int32_t* power) {
  Power result = cell().edge_power(page, power);
  std::vector<std::int32_t> some;
  for (std::int64_t y = 0; y < page.height; y += 3)
    for (std::int64_t x = 0; x < page.width; x += 3) some.push_back(power[y * page.width + x]);
  result.ordinary = quantile(some, 0.95);
  result.calm = quantile(some, 0.5);
  return result;
}

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
  const std::vector<std::uint8_t> bare = bare_paper(page, wanted.ink);
  cell().paper_depth(page, wanted, bare.data(), scratch.data());
}

void sharpened(const Plane& page, std::uint8_t* out) {
  std::vector<std::int32_t> scratch(static_cast<std::size_t>(3 * page.width + 12));
  cell().sharpened(page, out, scratch.data());
}

}  // namespace docbin::auto_ink
