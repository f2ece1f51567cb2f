#include "components.hpp"

#include <algorithm>

namespace docbin {
namespace {

// Runs of set pixels in scan order.
std::vector<Run> runs_of(const BitPlane& plane) {
  std::vector<Run> runs;
  for (int y = 0; y < plane.height(); ++y) {
    const std::uint64_t* words = plane.row(y);
    int first = -1;
    for (int k = 0; k < plane.words(); ++k) {
      // A bit is an edge where it differs from the bit before it.
      const std::uint64_t before = words[k] << 1 | words[k - 1] >> 63;
      for (std::uint64_t edges = words[k] ^ before; edges != 0; edges &= edges - 1) {
        const int x = 64 * k + std::countr_zero(edges);
        if (first < 0) {
          first = x;
        } else {
          runs.push_back({y, first, x - 1});
          first = -1;
        }
      }
    }
    if (first >= 0) runs.push_back({y, first, plane.width() - 1});
  }
  return runs;
}

}  // namespace

Components find_components(const BitPlane& plane) {
  const std::vector<Run> runs = runs_of(plane);
  const std::size_t count = runs.size();
  std::vector<std::size_t> parent(count);
  const auto root = [&](std::size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  // The smaller index stays the root: it is the component's first run.
  std::size_t above = 0;
  for (std::size_t i = 0; i < count; ++i) {
    parent[i] = i;
    while (above < i && (runs[above].y < runs[i].y - 1 ||
                         (runs[above].y == runs[i].y - 1 && runs[above].last < runs[i].first - 1)))
      ++above;
    for (std::size_t j = above;
         j < i && runs[j].y == runs[i].y - 1 && runs[j].first <= runs[i].last + 1; ++j) {
      const std::size_t a = root(i), b = root(j);
      parent[std::max(a, b)] = std::min(a, b);
    }
  }

  Components result;
  std::vector<std::size_t> label(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t r = root(i);
    if (r == i) {
      label[i] = result.items.size();
      result.items.push_back({runs[i].y, runs[i].y, runs[i].first, runs[i].last, 0, 0});
    } else {
      label[i] = label[r];
    }
    Component& item = result.items[label[i]];
    item.bottom = runs[i].y;
    item.left = std::min(item.left, runs[i].first);
    item.right = std::max(item.right, runs[i].last);
    ++item.runs_end;  // a count, for now
  }
  std::size_t begin = 0;
  for (Component& item : result.items) {
    const std::size_t length = item.runs_end;
    item.runs_begin = item.runs_end = begin;
    begin += length;
  }
  result.runs.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    result.runs[result.items[label[i]].runs_end++] = runs[i];
  return result;
}

}  // namespace docbin
