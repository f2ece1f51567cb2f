// The sweeps themselves, in plain C++ that compilers turn into vectors: each cell includes this in
// an unnamed namespace and compiles it with its own flags. Nothing from the standard library here:
// an inline function compiled for one target must not serve another.

using Byte = std::uint8_t;

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

// One row of squared steps: the hull's columns, as indices into it; returns their number.
template <typename Wide>
int find_hull(const Wide* __restrict squared, Wide far, int width, Wide* __restrict keep,
              int* __restrict hull) {
  // A parabola that two at the same distance on either side cover needs no closer look.
  for (int x = 0; x < width; ++x) {
    const Wide twice = squared[x] + squared[x];
    keep[x] = (squared[x] < far) & (squared[x - 1] - twice + squared[x + 1] > -2) &
              (squared[x - 2] - twice + squared[x + 2] > -8) &
              (squared[x - 3] - twice + squared[x + 3] > -18) &
              (squared[x - 4] - twice + squared[x + 4] > -32);
  }
  int count = 0;
  for (int x = 0; x < width; ++x) {
    hull[count] = x;
    count += static_cast<int>(keep[x]);
  }
  const auto height = [&](int x) {
    return static_cast<std::int64_t>(squared[x]) + static_cast<std::int64_t>(x) * x;
  };
  const auto turns = [&](int a, int b, int c) {
    return (height(b) - height(a)) * (c - b) < (height(c) - height(b)) * (b - a);
  };
  int top = 0;
  for (int i = 0; i < count; ++i) {
    const int x = hull[i];
    while (top >= 2 && !turns(hull[top - 2], hull[top - 1], x)) --top;
    hull[top++] = x;
  }
  return top;
}

// 16 values of a parabola, away from whose column the first is; or what of it lies below the block.
template <bool kBelow, typename Wide>
void lay_parabola(Wide* __restrict block, Wide away, Wide base) {
#pragma GCC unroll 1  // unrolled to the end it would not become a vector
  for (int k = 0; k < 16; ++k) {
    const Wide value = base + (away + k) * (away + k);
    block[k] = kBelow && block[k] < value ? block[k] : value;
  }
}

// The squared distances of a row, 16 at a time: of the hull's parabolas those that are lowest at
// the block's first pixel, at its last, and between.
template <typename Wide>
void lower_envelope(const Wide* __restrict squared, const int* __restrict hull, int count,
                    int width, Wide* __restrict distance) {
  const auto at = [&](int i, int q) {
    const std::int64_t away = q - hull[i];
    return static_cast<std::int64_t>(squared[hull[i]]) + away * away;
  };
  int first = 0;
  for (int q = 0; q < width; q += 16) {
    while (first + 1 < count && at(first + 1, q) < at(first, q)) ++first;
    Wide* __restrict block = distance + q;
    lay_parabola<false>(block, Wide{q - hull[first]}, squared[hull[first]]);
    for (int i = first; i + 1 < count && at(i + 1, q + 15) < at(i, q + 15);) {
      ++i;
      lay_parabola<true>(block, Wide{q - hull[i]}, squared[hull[i]]);
    }
  }
}

// Adds the roots of a row. Adding 2^52 leaves a whole number in the mantissa, rounded to even.
template <typename Wide>
void add_roots(const Wide* __restrict distance, const Byte* __restrict ink,
               const Byte* __restrict truth, int width, FixedSum* wrong, FixedSum* page) {
  std::uint64_t all = 0, some = 0;
  for (int x = 0; x < width; ++x) {
    const double root = __builtin_sqrt(static_cast<double>(distance[x])) * 0x1p24 + 0x1p52;
    const std::uint64_t value = __builtin_bit_cast(std::uint64_t, root) & 0xfffffffffffff;
    all += value;
    some += value & (0 - static_cast<std::uint64_t>(ink[x] ^ truth[x]));
  }
  page->whole += all >> 24;
  page->rest += all & 0xffffff;
  wrong->whole += some >> 24;
  wrong->rest += some & 0xffffff;
}

template <typename Step, typename Wide>
void contour_distances(const Byte* ink, const Byte* truth, int height, int width,
                       const DistanceScratch<Step, Wide>& scratch, FixedSum* wrong,
                       FixedSum* page) {
  constexpr Wide far = Limits<Step>::kFar;
  const std::size_t stride = static_cast<std::size_t>(width);
  sweep_down(truth, height, width, scratch);
  Step* __restrict steps = scratch.steps;
  Wide* __restrict squared = scratch.squared + 8;
  for (int x = 0; x < 4; ++x) squared[-1 - x] = squared[width + x] = far;
  for (int x = 0; x < width; ++x) steps[x] = Limits<Step>::kNever;
  for (int y = height - 1; y >= 0; --y) {
    const std::size_t start = stride * static_cast<std::size_t>(y);
    const Step* __restrict above = scratch.above + start;
    for (int x = 0; x < width; ++x) {
      const Step below = next(steps[x]);
      const Step least = above[x] < below ? above[x] : below;
      steps[x] = least;
      const Wide wide = static_cast<Wide>(least);
      squared[x] = least == Limits<Step>::kNever ? far : wide * wide;
    }
    const int count = find_hull(squared, far, width, scratch.distance, scratch.hull);
    if (count == 0) return;  // no contour on the page
    lower_envelope(squared, scratch.hull, count, width, scratch.distance);
    add_roots(scratch.distance, ink + start, truth + start, width, wrong, page);
  }
}
