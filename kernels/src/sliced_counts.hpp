// Bit-sliced counting: how many of a list of planes have a bit, position by position. Included by
// sliced.hpp, inside each cell's own anonymous namespace.

// A plane of a list: entries are tap numbers times kListScale.
[[gnu::always_inline]] inline const V& plane_at(const V* planes, std::uint16_t entry) {
  constexpr std::size_t kStep = sizeof(V) / kListScale;
  return *reinterpret_cast<const V*>(reinterpret_cast<const char*>(planes) + entry * kStep);
}

// Two carries of one weight, a and b, as a and a ^ b.
struct Carries {
  V one, differ;
};

// s += x1 + y1 + x2 + y2, given x and x ^ y of each; returns the carries. Eight operations where two
// full adders take ten (the MDFA of Demenkov, Kojevnikov, Kulikov and Yaroslavtsev, New upper bounds
// on the Boolean circuit complexity of symmetric functions, 2010).
[[gnu::always_inline]] inline Carries add_pairs(V& s, Carries p, Carries q) {
  const V either = p.differ | (p.one ^ s), middle = s ^ p.differ;
  const Carries carries{either ^ middle, either ^ V::but(q.one ^ middle, q.differ)};
  s = middle ^ q.differ;
  return carries;
}

// s += x + y; returns the carry.
[[gnu::always_inline]] inline V add_pair(V& s, Carries p) {
  const V carry = p.one ^ (p.differ & (p.one ^ s));
  s = s ^ p.differ;
  return carry;
}

// Adds 2^(L + 1) planes of a list to s[0..L), returns the two carries of weight 2^L.
template <int L>
[[gnu::always_inline]] inline Carries carries_of(const V* planes, const std::uint16_t*& list, V* s) {
  if constexpr (L == 0) {
    const V one = plane_at(planes, list[0]);
    const V differ = one ^ plane_at(planes, list[1]);
    list += 2;
    return {one, differ};
  } else {
    const Carries p = carries_of<L - 1>(planes, list, s);
    const Carries q = carries_of<L - 1>(planes, list, s);
    return add_pairs(s[L - 1], p, q);
  }
}

// Adds 2^L planes of a list to s[0..L), returns the carry of weight 2^L.
template <int L>
[[gnu::always_inline]] inline V carry_of(const V* planes, const std::uint16_t*& list, V* s) {
  const auto take = [&] { return plane_at(planes, *list++); };
  if constexpr (V::kPairs) {
    return add_pair(s[L - 1], carries_of<L - 1>(planes, list, s));
  } else if constexpr (L == 2) {
    // The state takes part once a call: the other adders of it wait for nothing but the planes.
    V t = take();
    const V second = take(), third = take(), a = full_add(t, second, third);
    const V b = full_add(s[0], t, take());
    return full_add(s[1], a, b);
  } else if constexpr (L == 3) {
    V t = take();
    const V p = take(), q = take();
    V a = full_add(t, p, q);
    V u = take();
    const V v = take(), w = take(), b = full_add(u, v, w);
    const V c = full_add(t, u, take());
    const V d = full_add(s[0], t, take());
    const V e = full_add(a, b, c);
    const V f = full_add(s[1], a, d);
    return full_add(s[2], e, f);
  } else {
    const V a = carry_of<L - 1>(planes, list, s);
    const V b = carry_of<L - 1>(planes, list, s);
    return full_add(s[L - 1], a, b);
  }
}

// Sums UNITS * 4 planes of a list into out[0..): straight-line code for each length. Loops over the
// state are unrolled by hand: for a loop the compiler keeps it in memory, zeroes that by halves of a
// vector, and the first adder waits for both.
template <int UNITS>
void count_exactly(const V* planes, const std::uint16_t* list, V* out) {
  V s[8] = {V::zero(), V::zero(), V::zero(), V::zero(), V::zero(), V::zero(), V::zero(), V::zero()};
  if constexpr ((UNITS & 1) != 0) s[2] = carry_of<2>(planes, list, s);
  if constexpr ((UNITS & 2) != 0) s[3] = carry_of<3>(planes, list, s);
  if constexpr ((UNITS & 4) != 0) s[4] = carry_of<4>(planes, list, s);
  if constexpr ((UNITS & 8) != 0) s[5] = carry_of<5>(planes, list, s);
  if constexpr ((UNITS & 16) != 0) s[6] = carry_of<6>(planes, list, s);
  [&]<int... J>(std::integer_sequence<int, J...>) {
    ((out[J] = s[J]), ...);
  }(std::make_integer_sequence<int, std::bit_width(4u * UNITS)>{});
}

using Count = void (*)(const V*, const std::uint16_t*, V*);
template <int... I>
constexpr std::array<Count, sizeof...(I)> count_table(std::integer_sequence<int, I...>) {
  return {&count_exactly<I>...};
}
inline constexpr auto kCounts = count_table(std::make_integer_sequence<int, 24>{});

// Any length: 64 planes at a time, carries rippled into the upper planes. out: 17 planes.
void count_long(const V* planes, const std::uint16_t* list, int length, V* out) {
  V s[8];
  for (V& v : s) v = V::zero();
  for (int j = 6; j < 17; ++j) out[j] = V::zero();
  for (; length >= 64; length -= 64) {
    V carry = carry_of<6>(planes, list, s);
    for (int j = 6; j < 17; ++j) {
      const V kept = out[j];
      out[j] = kept ^ carry;
      carry = kept & carry;
    }
  }
  for (; length > 0; length -= 4) {
    V carry = carry_of<2>(planes, list, s);
    for (int j = 2; j < 6; ++j) {
      const V kept = s[j];
      s[j] = kept ^ carry;
      carry = kept & carry;
    }
    for (int j = 6; j < 17; ++j) {
      const V kept = out[j];
      out[j] = kept ^ carry;
      carry = kept & carry;
    }
  }
  for (int j = 0; j < 6; ++j) out[j] = s[j];
}
