// Every target that runs here against distances found by looking at every contour pixel, and the
// fused sums of weights against the maps: also under an emulator and under the sanitizers.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

#include "contour_distance.hpp"
#include "dispatch.hpp"
#include "stroke_weights.hpp"

namespace {

using Bytes = std::vector<std::uint8_t>;

struct Page {
  int height, width;
  Bytes ink, truth;
};

Page scattered(int height, int width, double share, unsigned seed) {
  std::mt19937 random(seed);
  std::bernoulli_distribution inked(share), wrong(0.2);
  Page page{height, width, {}, {}};
  for (int i = 0; i < height * width; ++i) {
    page.truth.push_back(inked(random));
    page.ink.push_back(page.truth.back() ^ static_cast<int>(wrong(random)));
  }
  return page;
}

bool contour(const Page& page, int y, int x) {
  const auto set = [&](int row, int column) {
    return row >= 0 && row < page.height && column >= 0 && column < page.width &&
           page.truth[static_cast<std::size_t>(row) * page.width + column];
  };
  return set(y, x) && !(set(y - 1, x) && set(y + 1, x) && set(y, x - 1) && set(y, x + 1));
}

docbin::DistanceSums looked_up(const Page& page) {
  std::uint64_t wrong = 0, all = 0;
  for (int y = 0; y < page.height; ++y)
    for (int x = 0; x < page.width; ++x) {
      long nearest = -1;
      for (int row = 0; row < page.height; ++row)
        for (int column = 0; column < page.width; ++column) {
          const long squared = long(row - y) * (row - y) + long(column - x) * (column - x);
          if (contour(page, row, column) && (nearest < 0 || squared < nearest)) nearest = squared;
        }
      if (nearest < 0) return {0.0, 0.0};
      const auto root = static_cast<std::uint64_t>(
          std::nearbyint(std::sqrt(static_cast<double>(nearest)) * 0x1p24));
      const std::size_t i = static_cast<std::size_t>(y) * page.width + x;
      all += root;
      wrong += page.ink[i] != page.truth[i] ? root : 0;
    }
  return {static_cast<double>(wrong) / 0x1p24, static_cast<double>(all) / 0x1p24};
}

bool weights_agree(const Page& page) {
  std::vector<double> recall(page.truth.size()), precision(page.truth.size());
  docbin::stroke_weights(page.truth.data(), page.height, page.width, recall.data(),
                         precision.data());
  const auto kept = docbin::weighted_sums(page.ink.data(), page.truth.data(), recall.data(),
                                          precision.data(), page.truth.size());
  const auto fused = docbin::stroke_weighted_sums(page.ink.data(), page.truth.data(), page.height,
                                                  page.width);
  return kept.found == fused.found && kept.truth == fused.truth && kept.right == fused.right &&
         kept.ink == fused.ink;
}

}  // namespace

int main() {
  std::size_t count = 0;
  const docbin::TargetRow* table = docbin::target_table(&count);
  const int sizes[][2] = {{1, 1}, {1, 70}, {66, 1}, {9, 33}, {17, 64}, {40, 31}};
  int failures = 0;
  for (const auto& size : sizes)
    for (const double share : {0.0, 0.01, 0.4, 1.0}) {
      const Page page = scattered(size[0], size[1], share, 7);
      const docbin::DistanceSums expected = looked_up(page);
      for (std::size_t i = 0; i < count; ++i) {
        if (!docbin::use_target(table[i].name)) continue;
        const docbin::DistanceSums sums = docbin::contour_distances(
            page.ink.data(), page.truth.data(), page.height, page.width);
        if (sums.wrong != expected.wrong || sums.page != expected.page || !weights_agree(page)) {
          std::printf("FAILED %s %d x %d share %g\n", table[i].name, size[0], size[1], share);
          ++failures;
        }
      }
    }
  // A side beyond the moderate ones: the other width of numbers.
  Page tall = scattered(23'200, 2, 0.0, 7);
  tall.truth[0] = 1;
  double all = 0.0;
  for (int y = 0; y < tall.height; ++y) all += y + std::sqrt(double(y) * y + 1.0);
  const docbin::DistanceSums sums =
      docbin::contour_distances(tall.ink.data(), tall.truth.data(), tall.height, tall.width);
  if (std::abs(sums.page - all) > 1e-3) ++failures;
  std::printf("%d failures\n", failures);
  return failures != 0;
}
