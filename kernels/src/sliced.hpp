// The bit-sliced adders, written once over a vector of bits. Each cell includes this inside its own
// anonymous namespace, after defining V (see stream.hpp): nothing here is shared between targets.

#include "stream.hpp"

struct Number {  // a bit-sliced number in memory: planes, lowest first, and its bound
  V* planes;
  int width;
  unsigned bound;
};

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

inline constexpr int kRoom = 18;  // planes a number may grow to

struct Scratch {
  V* planes;   // taps + 1: the gathered activations and a zero plane
  V* numbers;  // (2^share + share) numbers of kRoom planes
  V* total;    // ~T, kMaxWidth planes
  V* u;        // u with its extensions, and its complement: 2 * kExtended
};
std::size_t scratch_bytes(const Plan& plan) {
  const std::size_t planes = static_cast<std::size_t>(plan.taps) + 1 +
                             static_cast<std::size_t>((1 << plan.share) + plan.share) * kRoom +
                             kMaxWidth + 2 * kExtended;
  return planes * sizeof(V);
}

Scratch divide(const Plan& plan, void* memory) {
  Scratch s{};
  s.planes = static_cast<V*>(memory);
  s.numbers = s.planes + plan.taps + 1;
  s.total = s.numbers + ((1 << plan.share) + plan.share) * kRoom;
  s.u = s.total + kMaxWidth;
  clear_below(s.u);
  return s;
}

// Gathers the taps of kVector bytes at `offset` into the block, and sums them all: ~T.
void gather(const Plan& plan, const Signs& in, int offset, const Scratch& s, int width) {
  const int k = plan.kernel;
  for (int c = 0; c < plan.inputs; ++c) {
    const std::uint8_t* plane = in.at + static_cast<std::size_t>(c) * in.stride + offset;
    if (k == 1) {
      s.planes[c] = V::load_u(plane);
      continue;
    }
    for (int dy = 0; dy < 3; ++dy) {
      const std::uint8_t* row = plane + (dy - 1) * in.pitch;
      const V here = V::load_u(row);
      V* out = s.planes + static_cast<std::size_t>(3 * dy) * static_cast<std::size_t>(plan.inputs) + c;
      out[0] = V::up1(V::load_u(row - 8), here);
      out[plan.inputs] = here;
      out[2 * plan.inputs] = V::down1(here, V::load_u(row + 8));
    }
  }
  s.planes[plan.taps] = V::zero();
  // T: four at a time without a list.
  V t[kMaxWidth + 1];
  for (V& v : t) v = V::zero();
  int i = 0;
  for (; i + 8 <= plan.taps; i += 8) {
    const V* p = s.planes + i;
    const V a = full_add(t[0], p[0], p[1]), b = full_add(t[0], p[2], p[3]);
    const V c = full_add(t[0], p[4], p[5]), d = full_add(t[0], p[6], p[7]);
    const V e = full_add(t[1], a, b), f = full_add(t[1], c, d);
    V carry = full_add(t[2], e, f);
    for (int j = 3; j < width; ++j) {
      const V kept = t[j];
      t[j] = kept ^ carry;
      carry = kept & carry;
    }
  }
  for (; i < plan.taps; ++i) {
    V carry = s.planes[i];
    for (int j = 0; j < width; ++j) {
      const V kept = t[j];
      t[j] = kept ^ carry;
      carry = kept & carry;
    }
  }
  for (int j = 0; j < width; ++j) s.total[j] = ~t[j];
}

// Sums of one share: sums[c] is B of channel c.
void share_sums(const Plan& plan, int share, const Scratch& s, Number* sums) {
  Number groups[1 << kMaxShare];
  const int each = plan.groups_per_share();
  const Plan::Group* group = plan.groups.data() + static_cast<std::ptrdiff_t>(share) * each;
  for (int g = 0; g < each; ++g, ++group) {
    Number& number = groups[group->pattern];
    number.planes = s.numbers + static_cast<std::ptrdiff_t>(group->pattern) * kRoom;
    number.bound = group->count;
    number.width = static_cast<int>(std::bit_width(number.bound));
    const std::uint16_t* list = plan.list.data() + group->first;
    const unsigned units = group->length / 4u;
    if (units < kCounts.size())
      kCounts[units](s.planes, list, number.planes);
    else
      count_long(s.planes, list, group->length, number.planes);
  }
  for (int c = plan.share - 1; c >= 0; --c) {
    Number& sum = sums[c];
    sum = groups[1 << c];
    for (int p = (1 << c) + 1; p < 2 << c; ++p) {
      // One pass: into the channel's sum, and into the group without this channel.
      add_to_both(sum, groups[p - (1 << c)], groups[p]);
    }
  }
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

void run_signs(const Plan& plan, const Epilogue& e, const Signs& in, const std::uint64_t* flip,
               const std::uint8_t* valid, std::uint8_t* out, std::size_t stride, void* memory) {
  const Scratch s = divide(plan, memory);
  Number sums[kMaxShare];
  for (int offset = 0; offset < kBytes; offset += kVector) {
    gather(plan, in, offset, s, e.width);
    const V mask = V::load_u(valid + offset);
    for (int share = 0, o = 0; share < plan.shares(); ++share) {
      share_sums(plan, share, s, sums);
      for (int c = 0; c < plan.share && o < plan.outputs; ++c, ++o) {
        V sign = V::zero();
        make_u(sums[c], s.total, &e.constant[static_cast<std::size_t>(o * e.width)], e.width,
               [&](int, V plane) { sign = plane; });
        const V flipped = sign ^ V::splat(flip[o]);
        V::store_u(out + static_cast<std::size_t>(o) * stride + offset, flipped & mask);
      }
    }
  }
}

void run_sums(const Plan& plan, const Epilogue& e, const Signs& in, std::int32_t* out,
              void* memory) {
  const Scratch s = divide(plan, memory);
  Number sums[kMaxShare];
  alignas(64) Words words;
  for (int offset = 0; offset < kBytes; offset += kVector) {
    gather(plan, in, offset, s, e.width);
    for (int share = 0, o = 0; share < plan.shares(); ++share) {
      share_sums(plan, share, s, sums);
      for (int c = 0; c < plan.share && o < plan.outputs; ++c, ++o) {
        make_u(sums[c], s.total, &e.constant[static_cast<std::size_t>(o * e.width)], e.width,
               [&](int j, V plane) { V::store_u(words[j], plane); });
        put_sums(words, e.width, plan.taps, out + static_cast<std::ptrdiff_t>(o) * kPositions + offset * 8);
      }
    }
  }
}

// Asks for the stream of one share, which waits in the second-level cache, before its sums are made.
void fetch_stream(const Plan& plan, int bits, const std::uint8_t* stream, int offset, int share) {
  const int first = share * plan.share, last = std::min(first + plan.share, plan.outputs);
  const std::uint8_t* const from = stream + std::ptrdiff_t{first} * bits * kBytes + offset;
  for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{last - first} * bits; ++i)
    __builtin_prefetch(from + i * kBytes, 1, 3);
}

// The channels of one share.
template <int DIGITS>
void unit_channels(const Plan& plan, const Epilogue& e, const UnitBlock& block, const Scratch& s,
                   int offset, int share, const Number* sums) {
  const int first = share * plan.share;
  for (int c = 0; c < plan.share && first + c < plan.outputs; ++c) {
    const std::uint64_t* constant =
        &e.constant[static_cast<std::size_t>(first + c) * static_cast<std::size_t>(e.width)];
    unit_channel<DIGITS>(e, block, s.u, offset, first + c, [&](auto take) {
      make_u(sums[c], s.total, constant, e.width, take);
    });
  }
}

void run_unit(const Plan& plan, const Epilogue& e, const Signs& in, const std::uint8_t* before,
              std::uint8_t* stream, const std::uint64_t* thresholds, const std::uint8_t* valid,
              std::uint8_t* out, std::size_t stride, void* memory) {
  const Scratch s = divide(plan, memory);
  const UnitBlock block{before, stream, thresholds, valid, out, stride};
  const auto channels = e.digits == 1   ? &unit_channels<1>
                        : e.digits == 2 ? &unit_channels<2>
                                        : &unit_channels<3>;
  Number sums[kMaxShare];
  for (int offset = 0; offset < kBytes; offset += kVector) {
    gather(plan, in, offset, s, e.width);
    for (int share = 0; share < plan.shares(); ++share) {
      fetch_stream(plan, e.bits, before, offset, share);
      share_sums(plan, share, s, sums);
      channels(plan, e, block, s, offset, share, sums);
    }
  }
}
