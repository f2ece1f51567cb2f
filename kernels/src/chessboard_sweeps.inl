// The sweeps themselves, in plain C++ that compilers turn into vectors: each cell includes this in
// an unnamed namespace and compiles it with its own flags. Nothing from the standard library here:
// an inline function compiled for one target must not serve another.

using Short = std::uint16_t;

constexpr Short kNothing = 0xffff;

inline Short smaller(Short a, Short b) { return a < b ? a : b; }
inline Short next(Short d) {
  return static_cast<Short>(smaller(d, static_cast<Short>(kNothing - 1)) + 1);
}

void distance_row(Short* __restrict row, int width, Short* __restrict before, bool down) {
  for (int x = 0; x < width; ++x)
    row[x] = smaller(row[x], next(smaller(smaller(before[x - 1], before[x]), before[x + 1])));
  // Along the row, of row[i] + |x - i| for all i behind the least: x itself is taken out of it, so
  // that one comparison a pixel remains. It never exceeds kNothing, which row[x] may be itself.
  std::int32_t least = 0x7fffffff;
  if (down) {
    for (int x = 0; x < width; ++x) {
      const std::int32_t level = row[x] - x;
      least = least < level ? least : level;
      row[x] = static_cast<Short>(least + x);
    }
  } else {
    for (int x = width - 1; x >= 0; --x) {
      const std::int32_t level = row[x] + x;
      least = least < level ? least : level;
      row[x] = static_cast<Short>(least - x);
    }
  }
  for (int x = 0; x < width; ++x) before[x] = row[x];
}

void distance(Short* distance, int height, int width, Short* before) {
  for (int turn = 0; turn < 2; ++turn) {
    for (int x = 0; x < width + 2; ++x) before[x] = kNothing;
    for (int i = 0; i < height; ++i) {
      const int y = turn == 0 ? i : height - 1 - i;
      distance_row(distance + static_cast<std::size_t>(y) * static_cast<std::size_t>(width), width,
                   before + 1, turn == 0);
    }
  }
}

struct Larger {
  template <typename Value>
  Value operator()(Value a, Value b) const {
    return a > b ? a : b;
  }
};

constexpr std::int32_t kSeveral = -1;

struct SameName {
  std::int32_t operator()(std::int32_t a, std::int32_t b) const {
    const std::int32_t both = a == b ? a : kSeveral;
    return a == 0 ? b : b == 0 ? a : both;
  }
};

// One sweep over the page, down or up: every pixel joins its value with those of its neighbours in
// the row before and of the one beside it where the sweep comes from, as far as the neighbour's
// distance is the pixel's plus `Step`. A value of 0 joins without effect.
template <int Step, typename Join, typename Value>
void sweep(const Short* distance, int height, int width, Value* values, Short* distance_before,
           Value* values_before, bool down) {
  const std::size_t stride = static_cast<std::size_t>(width);
  const Join join;
  // The row before, with a column of no effect on either side.
  for (int x = 0; x < width + 2; ++x) {
    distance_before[x] = kNothing;
    values_before[x] = 0;
  }
  Short* __restrict db = distance_before + 1;
  Value* __restrict vb = values_before + 1;
  for (int i = 0; i < height; ++i) {
    const std::size_t start = stride * static_cast<std::size_t>(down ? i : height - 1 - i);
    const Short* __restrict d = distance + start;
    Value* __restrict v = values + start;
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
    for (int x = 0; x < width; ++x) {
      db[x] = d[x];
      vb[x] = v[x];
    }
  }
}

template <int Step, typename Join, typename Value>
void both_sweeps(const Short* distance, int height, int width, Value* values,
                 Short* distance_before, Value* values_before) {
  sweep<Step, Join>(distance, height, width, values, distance_before, values_before, true);
  sweep<Step, Join>(distance, height, width, values, distance_before, values_before, false);
}
