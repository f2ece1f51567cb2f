// The sweeps themselves, in plain C++ that compilers turn into vectors: each cell includes this in
// an unnamed namespace and compiles it with its own flags. Nothing from the standard library here:
// an inline function compiled for one target must not serve another.

using Byte = std::uint8_t;
using Roots = std::uint64_t;  // a row's sum of roots, in units of 2^-24

template <typename Step>
struct Limits;
template <>
struct Limits<std::uint16_t> {
  static constexpr std::uint16_t kNever = 0xffff;
  // Above the square of any step; twice the difference of two such numbers fits 32 bits.
  static constexpr std::int32_t kFar = std::int32_t{1} << 29;
};
template <>
struct Limits<std::uint32_t> {
  static constexpr std::uint32_t kNever = 0xffffffff;
  static constexpr std::int64_t kFar = std::int64_t{1} << 60;
};

// One more step, but never stays never.
template <typename Step>
inline Step next(Step steps) {
  return static_cast<Step>(steps + (steps < Limits<Step>::kNever));
}

// Steps from the contour above, every row kept.
template <typename Step, typename Wide>
void sweep_down(const Byte* truth, int height, int width,
                const DistanceScratch<Step, Wide>& scratch) {
  const std::size_t stride = static_cast<std::size_t>(width);
  Step* __restrict steps = scratch.steps;
  Byte* __restrict row = scratch.padded + 1;
  row[-1] = row[width] = 0;
  for (int x = 0; x < width; ++x) steps[x] = Limits<Step>::kNever;
  for (int y = 0; y < height; ++y) {
    const Byte* __restrict here = truth + stride * static_cast<std::size_t>(y);
    const Byte* __restrict up = y > 0 ? here - stride : scratch.none;
    const Byte* __restrict down = y + 1 < height ? here + stride : scratch.none;
    Step* __restrict above = scratch.above + stride * static_cast<std::size_t>(y);
    for (int x = 0; x < width; ++x) row[x] = here[x];
    for (int x = 0; x < width; ++x) {
      const Byte inside = up[x] & down[x] & row[x - 1] & row[x + 1];
      const Step contour = static_cast<Step>(row[x] & ~inside & 1);
      above[x] = steps[x] = static_cast<Step>(next(steps[x]) & static_cast<Step>(contour - 1));
    }
  }
}

#include "contour_distance_hull.inl"

// Adds roots of distances that any contour may have made. Adding 2^52 leaves a whole number in the
// mantissa, rounded to even.
template <typename Wide>
void add_roots(const Wide* __restrict distance, const Byte* __restrict ink,
               const Byte* __restrict truth, int count, Roots& wrong, Roots& page) {
  std::uint64_t all = 0, some = 0;
  for (int x = 0; x < count; ++x) {
    const double root = __builtin_sqrt(static_cast<double>(distance[x])) * 0x1p24 + 0x1p52;
    const std::uint64_t value = __builtin_bit_cast(std::uint64_t, root) & 0xfffffffffffff;
    all += value;
    some += value & (0 - static_cast<std::uint64_t>(ink[x] ^ truth[x]));
  }
  page += all;
  wrong += some;
}

// Blocks of pixels whose distances are below kNear + 1: all contours that may be the nearest are
// tried, 32 pixels at a time in 16 bits. Because neighbouring pixels' distances differ by one at
// most, the row before says how many there are; where there are more, the hull of that many columns
// is found.
using Small = std::int16_t;
typedef Small Lanes __attribute__((vector_size(32)));
constexpr int kBlock = kDistanceBlock;
constexpr int kNear = kDistanceNear;
constexpr int kSmallSteps = 160;  // more steps than any such distance has
constexpr Small kTooFar = kSmallSteps * kSmallSteps;  // kTooFar + kNear^2 < 2^15
static_assert(kNear + 1 < kSmallSteps && kTooFar + kNear * kNear < 32768);

inline Lanes load(const Small* from) {
  Lanes to;
  __builtin_memcpy(&to, from, sizeof to);
  return to;
}
inline Lanes smaller(Lanes a, Lanes b) { return a < b ? a : b; }

// The least of near[x - reach .. x + reach] and the square of the way there, for 32 pixels.
inline void nearest_of_few(const Small* near, int reach, Small* found) {
  const Small* right = near + kBlock / 2;
  Lanes low = load(near), high = load(right);
  for (int k = 1; k <= reach; ++k) {
    const Lanes square = Lanes{} + static_cast<Small>(k * k);
    low = smaller(low, smaller(load(near - k), load(near + k)) + square);
    high = smaller(high, smaller(load(right - k), load(right + k)) + square);
  }
  __builtin_memcpy(found, &low, sizeof low);
  __builtin_memcpy(found + kBlock / 2, &high, sizeof high);
}

// Adds tabled roots of a block's pixels.
inline void add_known(const Small* found, const std::uint32_t* roots, const Byte* ink,
                      const Byte* truth, int count, Roots& wrong, Roots& page) {
  for (int x = 0; x < count; ++x) page += roots[found[x]];
  int x = 0;
  for (; x + 8 <= count; x += 8) {
    std::uint64_t one, other;
    __builtin_memcpy(&one, ink + x, 8);
    __builtin_memcpy(&other, truth + x, 8);
    for (std::uint64_t differ = one ^ other; differ != 0; differ &= differ - 1)
      wrong += roots[found[x + __builtin_ctzll(differ) / 8]];
  }
  for (; x < count; ++x)
    if (ink[x] != truth[x]) wrong += roots[found[x]];
}

// How far the contour nearest to a pixel of the next row can be to its side.
inline int reach_after(std::int64_t squared_distance) {
  return static_cast<int>(__builtin_sqrt(static_cast<double>(squared_distance))) + 1;
}

// One row's distances, block after block.
template <typename Step, typename Wide>
class Row {
 public:
  Row(const DistanceScratch<Step, Wide>& scratch, int width) : scratch_(scratch), width_(width) {}

  // False if there is no contour on the page.
  bool add(const Byte* ink, const Byte* truth, Roots& wrong, Roots& page) {
    const int blocks = (width_ + kBlock - 1) / kBlock;
    for (int b = 0; b < blocks; ++b) {
      const int left = kBlock * b;
      if (scratch_.reach[b] <= kNear) {
        const int count = width_ - left < kBlock ? width_ - left : kBlock;
        Small found[kBlock];
        nearest_of_few(scratch_.near + left, scratch_.reach[b], found);
        Small most = 0;
        for (int x = count; x < kBlock; ++x) found[x] = 0;
        for (int x = 0; x < kBlock; ++x) most = most < found[x] ? found[x] : most;
        scratch_.reach[b] = reach_after(most);
        add_known(found, scratch_.roots, ink + left, truth + left, count, wrong, page);
        continue;
      }
      int end = b + 1;
      while (end < blocks && scratch_.reach[end] > kNear) ++end;
      if (!add_far(b, end, ink, truth, wrong, page)) return false;
      b = end - 1;
    }
    return true;
  }

 private:
  bool add_far(int begin, int end, const Byte* ink, const Byte* truth, Roots& wrong, Roots& page) {
    int first = width_, last = 0;  // of the columns whose contour may be the nearest
    for (int b = begin; b < end; ++b) {
      const int reach = scratch_.reach[b] < width_ ? scratch_.reach[b] : width_;
      first = kBlock * b - reach < first ? kBlock * b - reach : first;
      last = kBlock * (b + 1) + reach > last ? kBlock * (b + 1) + reach : last;
    }
    first = first > 0 ? first : 0;
    last = last < width_ ? last : width_;
    const int left = kBlock * begin, right = kBlock * end < width_ ? kBlock * end : width_;
    const int count = find_hull(scratch_, first, last, width_);
    if (count == 0) return false;
    lower_envelope(scratch_.squared + 8, scratch_.hull, count, left, right, scratch_.distance);
    for (int b = begin; b < end; ++b) {
      Wide most = 0;
      for (int x = kBlock * b; x < kBlock * (b + 1) && x < right; ++x)
        most = most < scratch_.distance[x] ? scratch_.distance[x] : most;
      scratch_.reach[b] = reach_after(most);
    }
    add_roots(scratch_.distance + left, ink + left, truth + left, right - left, wrong, page);
    return true;
  }

  const DistanceScratch<Step, Wide>& scratch_;
  const int width_;
};

template <typename Step, typename Wide>
void contour_distances(const Byte* ink, const Byte* truth, int height, int width,
                       const DistanceScratch<Step, Wide>& scratch, FixedSum* wrong,
                       FixedSum* page) {
  const std::size_t stride = static_cast<std::size_t>(width);
  sweep_down(truth, height, width, scratch);
  Step* __restrict steps = scratch.steps;
  Small* __restrict near = scratch.near;
  const int blocks = (width + kBlock - 1) / kBlock;
  for (int x = 0; x < width; ++x) steps[x] = Limits<Step>::kNever;
  for (int x = -kNear; x < kBlock * blocks + kNear; ++x) near[x] = kTooFar;
  for (int b = 0; b < blocks; ++b) scratch.reach[b] = kDistanceAny;
  for (int i = 0; i < kKnownRoots; ++i)
    scratch.roots[i] = static_cast<std::uint32_t>(
        __builtin_bit_cast(std::uint64_t, __builtin_sqrt(double(i)) * 0x1p24 + 0x1p52));
  Row<Step, Wide> row(scratch, width);
  for (int y = height - 1; y >= 0; --y) {
    const std::size_t start = stride * static_cast<std::size_t>(y);
    const Step* __restrict above = scratch.above + start;
    for (int x = 0; x < width; ++x) {
      const Step below = next(steps[x]);
      const Step least = above[x] < below ? above[x] : below;
      steps[x] = least;
      near[x] = static_cast<Small>(least < kSmallSteps ? least * least : Step{kTooFar});
    }
    Roots some = 0, all = 0;
    if (!row.add(ink + start, truth + start, some, all)) return;
    page->whole += all >> 24;
    page->rest += all & 0xffffff;
    wrong->whole += some >> 24;
    wrong->rest += some & 0xffffff;
  }
}
