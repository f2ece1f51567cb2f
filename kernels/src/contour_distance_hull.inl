// A row's lower envelope of parabolas, by their hull; included by contour_distance_sweeps.inl.

// The hull of the columns first .. last - 1 of a row, as indices of columns; returns their number.
template <typename Step, typename Wide>
int find_hull(const DistanceScratch<Step, Wide>& scratch, int first, int last, int width) {
  constexpr Wide far = Limits<Step>::kFar;
  Wide* __restrict squared = scratch.squared + 8;
  Wide* __restrict keep = scratch.distance;
  int* __restrict hull = scratch.hull;
  const int from = first > 4 ? first - 4 : 0, to = last + 4 < width ? last + 4 : width;
  for (int x = from; x < to; ++x) {
    const Wide steps = static_cast<Wide>(scratch.steps[x]);
    squared[x] = scratch.steps[x] == Limits<Step>::kNever ? far : steps * steps;
  }
  for (int x = 0; x < 4; ++x) squared[-1 - x] = squared[width + x] = far;
  // A parabola that two at the same distance on either side cover needs no closer look.
  for (int x = first; x < last; ++x) {
    const Wide twice = squared[x] + squared[x];
    keep[x] = (squared[x] < far) & (squared[x - 1] - twice + squared[x + 1] > -2) &
              (squared[x - 2] - twice + squared[x + 2] > -8) &
              (squared[x - 3] - twice + squared[x + 3] > -18) &
              (squared[x - 4] - twice + squared[x + 4] > -32);
  }
  int count = 0;
  for (int x = first; x < last; ++x) {
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

// The squared distances of the pixels left .. right - 1, 16 at a time: of the hull's parabolas
// those that are lowest at the block's first pixel, at its last, and between.
template <typename Wide>
void lower_envelope(const Wide* __restrict squared, const int* __restrict hull, int count,
                    int left, int right, Wide* __restrict distance) {
  const auto at = [&](int i, int q) {
    const std::int64_t away = q - hull[i];
    return static_cast<std::int64_t>(squared[hull[i]]) + away * away;
  };
  int first = 0;
  for (int q = left; q < right; q += 16) {
    while (first + 1 < count && at(first + 1, q) < at(first, q)) ++first;
    Wide* __restrict block = distance + q;
    lay_parabola<false>(block, Wide{q - hull[first]}, squared[hull[first]]);
    for (int i = first; i + 1 < count && at(i + 1, q + 15) < at(i, q + 15);) {
      ++i;
      lay_parabola<true>(block, Wide{q - hull[i]}, squared[hull[i]]);
    }
  }
}
