#include "edge_mean.hpp"

#include <vector>

#include "dispatch.hpp"

namespace docbin::edge_mean {
namespace {

const Cell& cell() { return pick<kScalar, kAvx2>(); }

}  // namespace

void ink_by_edges(const std::uint8_t* gray, const std::uint8_t* edge, std::int64_t height,
                  std::int64_t width, const Rule& rule, std::uint8_t* ink) {
  // Three sums, one of them twice, each down the columns and along a padded row; and a row.
  std::vector<double> scratch(static_cast<std::size_t>(4 * (2 * width + rule.side + 1) + width));
  cell().ink(gray, edge, height, width, rule, ink, scratch.data());
}

}  // namespace docbin::edge_mean
