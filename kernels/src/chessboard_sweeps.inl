// The sweeps themselves, in plain C++ that compilers turn into vectors: each cell includes this in
// an unnamed namespace and compiles it with its own flags. Nothing from the standard library here:
// an inline function compiled for one target must not serve another.

using Short = std::uint16_t;

constexpr Short kNothing = 0xffff;

inline Short smaller(Short a, Short b) { return a < b ? a : b; }
inline Short next(Short d) {
  return static_cast<Short>(smaller(d, static_cast<Short>(kNothing - 1)) + 1);
}

// Calls visit(x) for every set pixel of row y, from the left.
template <typename Visit>
inline void for_each_seed(const Seeds& seeds, int y, int width, Visit&& visit) {
  const std::uint64_t* words = seeds.words + seeds.stride * static_cast<std::size_t>(y);
  for (int k = 0; 64 * k < width; ++k)
    for (std::uint64_t bits = words[k]; bits != 0; bits &= bits - 1)
      visit(64 * k + __builtin_ctzll(bits));
}

// One more than the least of a pixel's three neighbours in the row before, which is not null.
void step_from(const Short* __restrict before, int width, Short* __restrict row) {
  const auto least = [&](int x, int left, int right) {
    row[x] = smaller(row[x], next(smaller(smaller(before[left], before[x]), before[right])));
  };
  least(0, 0, width > 1 ? 1 : 0);
  for (int x = 1; x < width - 1; ++x)
    row[x] = smaller(row[x], next(smaller(smaller(before[x - 1], before[x]), before[x + 1])));
  if (width > 1) least(width - 1, width - 2, width - 1);
}

// Down the page to the set pixels above and in the row itself, up the page to those below. Beside a
// set pixel the row falls off by one a pixel until what came from above is as near; from there on
// it stays so, because neighbours differ by one at most.
void distance(Seeds seeds, int height, int width, Short* distance) {
  const std::size_t stride = static_cast<std::size_t>(width);
  for (int y = 0; y < height; ++y) {
    Short* row = distance + stride * static_cast<std::size_t>(y);
    for (int x = 0; x < width; ++x) row[x] = kNothing;
    if (y > 0) step_from(row - stride, width, row);
    for_each_seed(seeds, y, width, [&](int seed) {
      row[seed] = 0;
      for (int x = seed - 1; x >= 0 && seed - x < row[x]; --x)
        row[x] = static_cast<Short>(seed - x);
      for (int x = seed + 1; x < width && x - seed < row[x]; ++x)
        row[x] = static_cast<Short>(x - seed);
    });
  }
  for (int y = height - 2; y >= 0; --y) {
    Short* row = distance + stride * static_cast<std::size_t>(y);
    step_from(row + stride, width, row);
  }
}

struct Larger {
  template <typename Value>
  Value operator()(Value a, Value b) const {
    return a > b ? a : b;
  }
};

struct SameName {
  template <typename Name>
  Name operator()(Name a, Name b) const {
    const Name both = a == b ? a : static_cast<Name>(-1);
    return a == 0 ? b : b == 0 ? a : both;
  }
};

// Every pixel of a row joins its value with those of its neighbours in the row before, as far as
// the neighbour's distance is the pixel's plus `Step`. A value of 0 joins without effect.
template <int Step, typename Join, typename Value>
void join_from(const Short* __restrict db, const Value* __restrict vb, const Short* __restrict d,
               int width, Value* __restrict v) {
  const Join join;
  const auto one = [&](int x, int other) {
    if (db[other] == static_cast<Short>(d[x] + Step)) v[x] = join(v[x], vb[other]);
  };
  for (int x = 1; x < width - 1; ++x) {
    const Short wanted = static_cast<Short>(d[x] + Step);
    const Value a = vb[x - 1] & static_cast<Value>(-(db[x - 1] == wanted));
    const Value b = vb[x] & static_cast<Value>(-(db[x] == wanted));
    const Value c = vb[x + 1] & static_cast<Value>(-(db[x + 1] == wanted));
    v[x] = join(v[x], join(join(a, b), c));
  }
  one(0, 0);
  if (width == 1) return;
  one(0, 1);
  one(width - 1, width - 2);
  one(width - 1, width - 1);
}

// Calls visit(x) for the pixels of a set pixel's row that it is nearest to.
template <typename Visit>
inline void for_each_beside(const Short* d, int width, int seed, Visit&& visit) {
  for (int x = seed - 1; x >= 0 && seed - x == d[x]; --x) visit(x);
  for (int x = seed + 1; x < width && x - seed == d[x]; ++x) visit(x);
}

// From the set pixels outwards: along their own row, then down and up the page.
template <typename Join, typename Value>
void spread(Seeds seeds, const Short* distance, int height, int width, Value* values) {
  const std::size_t stride = static_cast<std::size_t>(width);
  const Join join;
  for (int y = 0; y < height; ++y) {
    const Short* d = distance + stride * static_cast<std::size_t>(y);
    Value* v = values + stride * static_cast<std::size_t>(y);
    for (int x = 0; x < width; ++x) v[x] = d[x] == 0 ? v[x] : Value{0};
    for_each_seed(seeds, y, width, [&](int seed) {
      for_each_beside(d, width, seed, [&](int x) { v[x] = join(v[x], v[seed]); });
    });
    if (y > 0) join_from<-1, Join>(d - stride, v - stride, d, width, v);
  }
  for (int y = height - 2; y >= 0; --y) {
    const Short* d = distance + stride * static_cast<std::size_t>(y);
    Value* v = values + stride * static_cast<std::size_t>(y);
    join_from<-1, Join>(d + stride, v + stride, d, width, v);
  }
}

// Towards the set pixels: down and up the page, then along their row.
void gather(Seeds seeds, const Short* distance, int height, int width, std::int32_t* values) {
  const std::size_t stride = static_cast<std::size_t>(width);
  const Larger larger;
  for (int y = 1; y < height; ++y) {
    const Short* d = distance + stride * static_cast<std::size_t>(y);
    std::int32_t* v = values + stride * static_cast<std::size_t>(y);
    join_from<1, Larger>(d - stride, v - stride, d, width, v);
  }
  for (int y = height - 1; y >= 0; --y) {
    const Short* d = distance + stride * static_cast<std::size_t>(y);
    std::int32_t* v = values + stride * static_cast<std::size_t>(y);
    if (y + 1 < height) join_from<1, Larger>(d + stride, v + stride, d, width, v);
    for_each_seed(seeds, y, width, [&](int seed) {
      for_each_beside(d, width, seed, [&](int x) { v[seed] = larger(v[seed], v[x]); });
    });
  }
}
