// Minimum cuts against every ink of small grids, and the automatic method's passes on odd shapes:
// the scalar cell and the processor's best give the same bytes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

#include "auto_ink.hpp"
#include "dispatch.hpp"
#include "edge_mean.hpp"
#include "edge_parts.hpp"
#include "enlarged_ink.hpp"
#include "grid_cut.hpp"

namespace {

using Bytes = std::vector<std::uint8_t>;

void check(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  std::exit(1);
}

void cuts(std::mt19937& random) {
  for (int turn = 0; turn < 60; ++turn) {
    const int h = 1 + static_cast<int>(random() % 3), w = 1 + static_cast<int>(random() % 4);
    const int n = h * w;
    std::vector<std::int32_t> excess(n);
    std::vector<std::uint16_t> right(n), down(n), all_right(n, 0), all_down(n, 0);
    for (auto& e : excess) e = static_cast<std::int32_t>(random() % 41) - 20;
    docbin::GridCut cut(excess.data(), h, w);
    for (int rise = 0; rise < 3; ++rise) {
      for (int i = 0; i < n; ++i) {
        right[i] = static_cast<std::uint16_t>(random() % 9);
        down[i] = static_cast<std::uint16_t>(random() % 9);
        all_right[i] = static_cast<std::uint16_t>(all_right[i] + right[i]);
        all_down[i] = static_cast<std::uint16_t>(all_down[i] + down[i]);
      }
      check(cut.raise(right.data(), down.data()), "raise");
      cut.solve();
      Bytes ink(n);
      cut.ink(ink.data());
      const auto energy = [&](const auto& of) {
        int sum = 0;
        for (int i = 0; i < n; ++i) {
          sum -= of(i) ? excess[i] : 0;
          if (i % w + 1 < w && of(i) != of(i + 1)) sum += all_right[i];
          if (i + w < n && of(i) != of(i + w)) sum += all_down[i];
        }
        return sum;
      };
      const int found = energy([&](int i) { return ink[i] != 0; });
      for (int bits = 0; bits < 1 << n; ++bits)
        check(found <= energy([&](int i) { return (bits >> i & 1) != 0; }), "least energy");
    }
  }
}

struct Found {
  Bytes wide, near, level, sharp, ink;
  std::vector<std::int32_t> power, background;
  bool operator==(const Found&) const = default;
};

Found passes(const Bytes& gray, int h, int w) {
  namespace a = docbin::auto_ink;
  const std::size_t n = gray.size();
  Found f{Bytes(n), Bytes(n), Bytes(n), Bytes(n), Bytes(n), std::vector<std::int32_t>(n),
          std::vector<std::int32_t>(n)};
  const a::Plane page{gray.data(), h, w};
  const a::Power sums = a::edge_power(page, f.power.data());
  const a::EdgeWindow windows[2] = {{51, sums.ordinary / 5}, {21, sums.calm}};
  a::edge_ink(page, f.power.data(), windows, 120, f.wide.data(), f.near.data());
  a::paper_depth(page, {f.wide.data(), {{19, 0.05}, {77, 0.02}}, {{31, 0.02}, {151, 0.015}}, 0.45,
                        f.background.data(), nullptr, f.level.data()});
  a::sharpened(page, f.sharp.data());
  docbin::edge_mean::ink_by_edges(gray.data(), f.wide.data(), h, w, {9, 3, 0.5}, f.ink.data());
  return f;
}

}  // namespace

int main() {
  std::mt19937 random(7);
  cuts(random);
  for (const auto& [h, w] : {std::pair{1, 1}, {1, 70}, {66, 1}, {2, 2}, {33, 65}, {90, 131}}) {
    Bytes gray(static_cast<std::size_t>(h * w));
    for (auto& g : gray) g = static_cast<std::uint8_t>(random() % 3 ? 200 + random() % 40 : 60);
    const char* const target = docbin::target_name(docbin::active_target());
    const Found best = passes(gray, h, w);
    check(docbin::use_target("scalar"), "scalar runs");
    check(passes(gray, h, w) == best, "the cells agree");
    docbin::use_target(target);
    const docbin::EdgeParts parts(best.wide.data(), best.near.data(), best.power.data(), h, w);
    Bytes all(gray.size()), large(4 * gray.size(), 100), out(4 * gray.size());
    parts.paint(Bytes(parts.count(), 1).data(), all.data());
    for (std::size_t i = 0; i < all.size(); ++i)
      check(all[i] == (best.wide[i] | best.near[i]), "every part is painted");
    docbin::keep_edged(best.wide.data(), best.near.data(), best.power.data(), 0.3, 0.35, h, w,
                       all.data());
    check(std::count(all.begin(), all.end(), 0) == static_cast<int>(all.size()),
          "what is not known goes");
    docbin::keep_edged(best.wide.data(), best.wide.data(), best.power.data(), 0.3, 0.35, h, w,
                       all.data());
    for (std::size_t i = 0; i < all.size(); ++i)
      check(all[i] <= best.wide[i], "only parts are kept");
    docbin::enlarged_ink(large.data(), 2 * h, 2 * w, {best.level.data(), all.data(), h, w},
                         out.data());
  }
  std::puts("cuts and passes: as they should be");
}
