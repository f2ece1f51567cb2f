// What is done to a stream of bit-planes, written once over a vector of bits: the residual unit's
// end, signs against thresholds, addition. Each cell includes this (most through sliced.hpp) inside
// its own anonymous namespace, after defining V: nothing here is shared between targets.
//
// V: load, load_u (unaligned), store, splat(uint64), zero, ones, xor3, maj, mux(m, a, b) = m ? a : b,
// but(a, m) = a & ~m, kPairs (whether a full adder takes five operations: then carries go in pairs),
// but(a, m) = a & ~m,
// operator ^ & | ~, up1(low, high) and down1: shifts by one position over 64-bit words; kBytes.

inline constexpr int kVector = V::kBytes;  // bytes of a vector: this many of a block at a time

[[gnu::always_inline]] inline V full_add(V& sum, V a, V b) {  // returns the carry
  const V carry = V::maj(sum, a, b);
  sum = V::xor3(sum, a, b);
  return carry;
}

// dot = 2 m - taps from the planes of m.
using Words = std::uint64_t[kMaxWidth][kVector / 8];
void put_sums(const Words& words, int width, int taps, std::int32_t* out) {
  for (int p = 0; p < kVector * 8; ++p) {
    std::int32_t m = 0;
    for (int j = 0; j < width; ++j)
      m |= static_cast<std::int32_t>((words[j][p / 64] >> (p % 64)) & 1u) << j;
    out[p] = 2 * m - taps;
  }
}

// Room for u and its complement with what stands around them.
// Below u kMaxShift zeros (a shift to the left), above it copies of its sign (to the right).
inline constexpr int kBelow = 20, kAbove = 32, kExtended = kBelow + kMaxWidth + kAbove;

// Sets what stands below u, 2 kExtended vectors.
void clear_below(V* u) {
  for (int j = 0; j < kBelow; ++j) {
    u[j] = V::zero();
    u[kExtended + j] = V::ones();
  }
}

// The carry chain of stream < threshold; plane j of the stream as it comes.
struct Comparison {
  V carry = V::ones();
  [[gnu::always_inline]] inline void plane(V value, std::uint64_t mask) {
    carry = V::maj(value, V::splat(mask), carry);
  }
};

// Where a unit's numbers go: the stream of a block, and the signs made of it (thresholds may be null).
struct UnitBlock {
  const std::uint8_t* before;
  std::uint8_t* stream;
  const std::uint64_t* thresholds;
  const std::uint8_t* valid;
  std::uint8_t* out;
  std::size_t stride;
};

// One channel's unit. make(take) gives the planes of u, lowest first, to take(j, plane).
template <int DIGITS, typename Make>
[[gnu::always_inline]] inline void unit_channel(const Epilogue& e, const UnitBlock& block, V* scratch,
                                                int offset, int o, Make make) {
  const int bits = e.bits, width = e.width;
  V* const u = scratch + kBelow;
  V* const not_u = scratch + kExtended + kBelow;
  V sign = V::zero();
  make([&](int j, V plane) {
    u[j] = plane;
    not_u[j] = ~plane;
    sign = plane;
  });
  const std::int8_t* shift = &e.shift[static_cast<std::size_t>(o * 2 * DIGITS)];
  const std::int8_t* way = &e.sign[static_cast<std::size_t>(o * 2 * DIGITS)];
  int deepest = 0;
  for (int d = 0; d < 2 * DIGITS; ++d) deepest = shift[d] < deepest ? shift[d] : deepest;
  for (int j = width; j < bits - deepest; ++j) {
    u[j] = sign;
    not_u[j] = ~sign;
  }
  // A digit's term: u moved by its shift, complemented (and one carried in) where it is negative.
  const V *plus[DIGITS], *minus[DIGITS];
  V carry[DIGITS];
  static const V zeros[2 * kBelow] = {};
  for (int d = 0; d < DIGITS; ++d) {
    const auto place = [&](int at) {
      return way[at] == 0 ? zeros : (way[at] < 0 ? not_u : u) - shift[at];
    };
    plus[d] = place(d);
    minus[d] = place(DIGITS + d);
    const V a = V::splat(way[d] < 0 ? ~0ull : 0ull), b = V::splat(way[DIGITS + d] < 0 ? ~0ull : 0ull);
    carry[d] = V::mux(sign, b, a);
  }
  const std::size_t at = static_cast<std::size_t>(o) * static_cast<std::size_t>(bits) * kBytes +
                         static_cast<std::size_t>(offset);
  const std::uint8_t* source = block.before + at;
  std::uint8_t* target = block.stream + at;
  Comparison below;
  V last = V::zero();
  const std::uint64_t* limit =
      block.thresholds == nullptr ? nullptr : block.thresholds + static_cast<std::ptrdiff_t>(o) * (bits + 1);
  for (int j = 0; j < bits; ++j) {
    V value = V::load(source + j * kBytes);
    for (int d = 0; d < DIGITS; ++d)
      carry[d] = full_add(value, V::mux(sign, minus[d][j], plus[d][j]), carry[d]);
    V::store(target + j * kBytes, value);
    last = value;
    if (limit != nullptr && j + 1 < bits) below.plane(value, limit[j]);
  }
  if (limit != nullptr) {
    below.plane(~last, limit[bits - 1]);
    const V under = ~below.carry | V::splat(limit[bits]);
    V::store_u(block.out + static_cast<std::size_t>(o) * block.stride + offset,
               under & V::load_u(block.valid + offset));
  }
}

void run_below(const std::uint8_t* stream, int channels, int bits, const std::uint64_t* thresholds,
               const std::uint8_t* valid, std::uint8_t* out, std::size_t stride) {
  for (int c = 0; c < channels; ++c) {
    const std::uint64_t* limit = thresholds + static_cast<std::ptrdiff_t>(c) * (bits + 1);
    const std::uint8_t* planes = stream + static_cast<std::size_t>(c) * static_cast<std::size_t>(bits) * kBytes;
    for (int offset = 0; offset < kBytes; offset += kVector) {
      Comparison below;
      for (int j = 0; j + 1 < bits; ++j) below.plane(V::load(planes + j * kBytes + offset), limit[j]);
      below.plane(~V::load(planes + (bits - 1) * kBytes + offset), limit[bits - 1]);
      const V under = ~below.carry | V::splat(limit[bits]);
      V::store_u(out + static_cast<std::size_t>(c) * stride + offset, under & V::load_u(valid + offset));
    }
  }
}

void run_add(std::uint8_t* a, const std::uint8_t* b, int channels, int bits) {
  for (int c = 0; c < channels; ++c, a += bits * kBytes, b += bits * kBytes)
    for (int offset = 0; offset < kBytes; offset += kVector) {
      V carry = V::zero();
      for (int j = 0; j < bits; ++j) {
        V value = V::load(a + j * kBytes + offset);
        carry = full_add(value, V::load(b + j * kBytes + offset), carry);
        V::store(a + j * kBytes + offset, value);
      }
    }
}
