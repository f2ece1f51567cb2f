// Bit-sliced numbers and their sums. Included by sliced.hpp, inside each cell's own anonymous
// namespace.

struct Number {  // a bit-sliced number in memory: planes, lowest first, and its bound
  V* planes;
  int width;
  unsigned bound;
};

// The planes of into += from from plane j on, given the carry so far.
[[gnu::always_inline]] inline void add_rest(Number& into, const Number& from, int j, V carry) {
  const unsigned bound = into.bound + from.bound;
  const int width = static_cast<int>(std::bit_width(bound));
  const int both = into.width < from.width ? into.width : from.width;
  for (; j < both; ++j) {
    V sum = into.planes[j];
    carry = full_add(sum, from.planes[j], carry);
    into.planes[j] = sum;
  }
  const V* longer = into.width > from.width ? into.planes : from.planes;
  const int most = into.width > from.width ? into.width : from.width;
  for (; j < most; ++j) {
    const V plane = longer[j];
    into.planes[j] = plane ^ carry;
    carry = plane & carry;
  }
  if (j < width) into.planes[j] = carry;
  into.width = width;
  into.bound = bound;
}

// one += from and other += from (both have room up to their new widths): one chain of carries
// waits while the other adds.
[[gnu::always_inline]] inline void add_to_both(Number& one, Number& other, const Number& from) {
  int common = one.width < other.width ? one.width : other.width;
  if (from.width < common) common = from.width;
  V first = V::zero(), second = V::zero();
  for (int j = 0; j < common; ++j) {
    const V plane = from.planes[j];
    V sum = one.planes[j], rest = other.planes[j];
    first = full_add(sum, plane, first);
    second = full_add(rest, plane, second);
    one.planes[j] = sum;
    other.planes[j] = rest;
  }
  add_rest(one, from, common, first);
  add_rest(other, from, common, second);
}

// u = 2 B + ~T + constant, plane j as it comes: to `take`. Returns nothing; width planes.
template <typename Take>
[[gnu::always_inline]] inline void make_u(const Number& b, const V* total,
                                          const std::uint64_t* constant, int width, Take take) {
  V carry = V::zero(), ripple = V::zero();
  V below = V::zero();
  for (int j = 0; j < width; ++j) {
    const V k = V::splat(constant[j]), t = total[j];
    const V sum = V::xor3(below, t, k);
    const V next = V::maj(below, t, k);
    take(j, V::xor3(sum, carry, ripple));
    ripple = V::maj(sum, carry, ripple);
    carry = next;
    below = j < b.width ? b.planes[j] : V::zero();
  }
}
