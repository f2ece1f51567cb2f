#include "chessboard.hpp"

namespace docbin {
namespace {

using Short = std::uint16_t;

Short next(Short d) { return static_cast<Short>(std::min<Short>(d, kNever - 1) + 1); }

struct Larger {
  template <typename Value>
  Value operator()(Value a, Value b) const {
    return a > b ? a : b;
  }
};

struct SameName {
  std::int32_t operator()(std::int32_t a, std::int32_t b) const {
    const std::int32_t both = a == b ? a : kMixed;
    return a == 0 ? b : b == 0 ? a : both;
  }
};

// One sweep over the page, down or up: every pixel joins its value with those of its neighbours in
// the row before and of the one beside it where the sweep comes from, as far as the neighbour's
// distance is the pixel's plus `Step`. A value of 0 joins without effect.
template <int Step, typename Join, typename Value>
void sweep(const Short* distance, int height, int width, Value* values, bool down) {
  const std::size_t stride = static_cast<std::size_t>(width);
  const Join join;
  // The row before, with a column of no effect on either side.
  std::vector<Short> distance_before(stride + 2, kNever);
  std::vector<Value> values_before(stride + 2, 0);
  for (int i = 0; i < height; ++i) {
    const std::size_t start = stride * static_cast<std::size_t>(down ? i : height - 1 - i);
    const Short* __restrict d = distance + start;
    Value* __restrict v = values + start;
    const Short* __restrict db = distance_before.data() + 1;
    const Value* __restrict vb = values_before.data() + 1;
    for (int x = 0; x < width; ++x) {
      const Short wanted = static_cast<Short>(d[x] + Step);
      const Value a = db[x - 1] == wanted ? vb[x - 1] : Value{0};
      const Value b = db[x] == wanted ? vb[x] : Value{0};
      const Value c = db[x + 1] == wanted ? vb[x + 1] : Value{0};
      v[x] = join(v[x], join(join(a, b), c));
    }
    const int from = down ? 0 : width - 1, step = down ? 1 : -1;
    Value beside = v[from];
    for (int k = 1, x = from + step; k < width; ++k, x += step) {
      const Value mask = static_cast<Value>(-(d[x - step] == static_cast<Short>(d[x] + Step)));
      v[x] = beside = join(v[x], static_cast<Value>(beside & mask));
    }
    std::copy(d, d + width, distance_before.begin() + 1);
    std::copy(v, v + width, values_before.begin() + 1);
  }
}

// Values of pixels that are not set have no effect.
template <typename Join, typename Value>
void spread(const std::vector<Short>& distance, int height, int width, std::vector<Value>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = distance[i] == 0 ? values[i] : Value{0};
  sweep<-1, Join>(distance.data(), height, width, values.data(), true);
  sweep<-1, Join>(distance.data(), height, width, values.data(), false);
}

}  // namespace

std::vector<Short> chessboard_distance(const BitPlane& seeds) {
  const int height = seeds.height(), width = seeds.width();
  const std::size_t stride = static_cast<std::size_t>(width);
  std::vector<Short> distance(stride * static_cast<std::size_t>(height), kNever);
  std::vector<Short> row_before(stride + 2, kNever);  // with an end on either side
  const auto sweep_row = [&](int y, bool down) {
    Short* __restrict row = distance.data() + stride * static_cast<std::size_t>(y);
    const Short* __restrict before = row_before.data() + 1;
    for (int x = 0; x < width; ++x) {
      const Short ab = std::min(before[x - 1], before[x]);
      row[x] = std::min(row[x], next(std::min(ab, before[x + 1])));
    }
    Short beside = kNever;
    if (down) {
      for (int x = 0; x < width; ++x) row[x] = beside = std::min(row[x], next(beside));
    } else {
      for (int x = width - 1; x >= 0; --x) row[x] = beside = std::min(row[x], next(beside));
    }
    std::copy(row, row + width, row_before.begin() + 1);
  };
  for (int y = 0; y < height; ++y) {
    Short* row = distance.data() + stride * static_cast<std::size_t>(y);
    seeds.for_each(y, 0, width - 1, [&](int x) { row[x] = 0; });
    sweep_row(y, true);
  }
  std::fill(row_before.begin(), row_before.end(), kNever);
  for (int y = height - 1; y >= 0; --y) sweep_row(y, false);
  return distance;
}

void largest_of_nearest(const std::vector<Short>& distance, int height, int width,
                        std::vector<Short>& values) {
  spread<Larger>(distance, height, width, values);
}

void name_of_nearest(const std::vector<Short>& distance, int height, int width,
                     std::vector<std::int32_t>& names) {
  spread<SameName>(distance, height, width, names);
}

void gather_at_nearest(const std::vector<Short>& distance, int height, int width,
                       std::vector<std::int32_t>& values) {
  sweep<1, Larger>(distance.data(), height, width, values.data(), true);
  sweep<1, Larger>(distance.data(), height, width, values.data(), false);
}

NearestInBox::NearestInBox(const BitPlane& seeds, const std::vector<Short>& distance)
    : rows_(seeds), columns_(seeds.width(), seeds.height()), distance_(distance) {
  for (int y = 0; y < seeds.height(); ++y)
    seeds.for_each(y, 0, seeds.width() - 1, [&](int x) { columns_.set(x, y); });
}

}  // namespace docbin
