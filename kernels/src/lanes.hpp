// What the two cells that do not add bit-planes share: from numbers in lanes back to planes, and the
// layer's ends. Included, after stream.hpp, inside each such cell's own anonymous namespace;
// outside it, xnor::avx512_cell is declared, which runs what these cells do not take.
//
// Order. Lane j of vector t is position 32 j + t of the block. So a neighbour to the left or right
// is in the neighbouring vector, on the same boundary (vectors -1 and 32 stand at the ends), and
// bits that trade places with vectors inside a lane come out as words of a plane, in order.

inline constexpr int kLaneWidth = 15;  // planes of u at most: 2 u fits 16 bits

// low and high trade pieces of `distance` bits: low takes the even ones of both, high the odd ones.
template <int distance>
[[gnu::always_inline]] inline void trade(__m512i& low, __m512i& high) {
  constexpr std::uint32_t masks[] = {0x55555555u, 0x33333333u, 0x0F0F0F0Fu, 0x00FF00FFu, 0x0000FFFFu};
  const __m512i even = _mm512_set1_epi32(static_cast<int>(masks[std::bit_width(distance + 0u) - 1]));
  const __m512i l = _mm512_ternarylogic_epi64(even, low, _mm512_slli_epi32(high, distance), 0xCA);
  high = _mm512_ternarylogic_epi64(even, _mm512_srli_epi32(low, distance), high, 0xCA);
  low = l;
}

// COUNT vectors and the bits of every COUNT-bit piece change places.
template <int COUNT>
[[gnu::always_inline]] inline void transpose(__m512i* v) {
  const auto stage = [v]<int distance>(std::integral_constant<int, distance>) {
    if constexpr (distance < COUNT) {
#pragma GCC unroll 32
      for (int t = 0; t < COUNT; ++t)
        if ((t & distance) == 0) trade<distance>(v[t], v[t + distance]);
    }
  };
  stage(std::integral_constant<int, 16>{});
  stage(std::integral_constant<int, 8>{});
  stage(std::integral_constant<int, 4>{});
  stage(std::integral_constant<int, 2>{});
  stage(std::integral_constant<int, 1>{});
}

// Planes of u from 2 u (and a bit that is dropped), int32 in lanes: row(t) is vector t's memory.
template <typename Row, typename Take>
[[gnu::always_inline]] inline void planes_of(Row row, int width, Take take) {
  __m512i v[16];
  const __m512i low = _mm512_set1_epi32(0x0000FFFF);
  for (int t = 0; t < 16; ++t)
    v[t] = _mm512_ternarylogic_epi64(low, _mm512_load_si512(row(t)),
                                     _mm512_slli_epi32(_mm512_load_si512(row(t + 16)), 16), 0xCA);
  transpose<16>(v);
#pragma GCC unroll 16
  for (int j = 0; j < kLaneWidth; ++j)
    if (j < width) take(j, V{v[j + 1]});
}

// Only the highest of them, the signs: bit 15 of the low halves.
template <typename Row>
[[gnu::always_inline]] inline V sign_of(Row row) {
  __m512i sign = _mm512_setzero_si512();
#pragma GCC unroll 32
  for (int t = 0; t < 32; ++t) {
    const __m512i number = _mm512_load_si512(row(t));
    const __m512i moved = t < 15 ? _mm512_srli_epi32(number, static_cast<unsigned>(15 - t))
                                 : _mm512_slli_epi32(number, static_cast<unsigned>(t - 15));
    sign = _mm512_ternarylogic_epi64(sign, moved, _mm512_set1_epi32(static_cast<int>(1u << t)), 0xF8);
  }
  return {sign};
}

// The functions of a cell around Layer: Layer::scratch(plan); Layer::has(plan), whether its weights
// are there; Layer::run(plan, bias, signs, memory, use), which calls use(o, row) for every output,
// row(t) the memory of vector t of dot + bias.
template <typename Layer>
struct LaneCell {
  static bool takes(const Plan& plan, const Epilogue& e) {
    return Layer::has(plan) && e.width <= kLaneWidth;
  }
  // The planes of u, then the layer's own.
  static constexpr std::size_t kUnit = 2 * kExtended * sizeof(V);
  static std::size_t scratch(const Plan& plan) {
    const std::size_t other = avx512_cell.scratch(plan);
    return Layer::has(plan) ? std::max(other, kUnit + Layer::scratch(plan)) : other;
  }
  static void* own(void* memory) { return static_cast<std::uint8_t*>(memory) + kUnit; }

  static void signs(const Plan& plan, const Epilogue& e, const Signs& in, const std::uint64_t* flip,
                    const std::uint8_t* valid, std::uint8_t* out, std::size_t stride, void* memory) {
    if (!takes(plan, e)) return avx512_cell.signs(plan, e, in, flip, valid, out, stride, memory);
    const V mask = V::load_u(valid);
    Layer::run(plan, e.bias.data(), in, own(memory), [&](int o, auto row) {
      const V sign = sign_of(row) ^ V::splat(flip[o]);
      V::store_u(out + static_cast<std::size_t>(o) * stride, sign & mask);
    });
  }

  static void sums(const Plan& plan, const Epilogue& e, const Signs& in, std::int32_t* out,
                   void* memory) {
    if (!takes(plan, e)) return avx512_cell.sums(plan, e, in, out, memory);
    alignas(64) Words words;
    Layer::run(plan, e.bias.data(), in, own(memory), [&](int o, auto row) {
      planes_of(row, e.width, [&](int j, V plane) { V::store_u(words[j], plane); });
      put_sums(words, e.width, plan.taps, out + static_cast<std::ptrdiff_t>(o) * kPositions);
    });
  }

  template <int DIGITS>
  static void unit_of(const Plan& plan, const Epilogue& e, const Signs& in, const UnitBlock& block,
                      void* memory) {
    V* const u = static_cast<V*>(memory);
    clear_below(u);
    Layer::run(plan, e.bias.data(), in, own(memory), [&](int o, auto row) {
      unit_channel<DIGITS>(e, block, u, 0, o, [&](auto take) { planes_of(row, e.width, take); });
    });
  }

  static void unit(const Plan& plan, const Epilogue& e, const Signs& in, const std::uint8_t* before,
                   std::uint8_t* stream, const std::uint64_t* thresholds, const std::uint8_t* valid,
                   std::uint8_t* out, std::size_t stride, void* memory) {
    if (!takes(plan, e))
      return avx512_cell.unit(plan, e, in, before, stream, thresholds, valid, out, stride, memory);
    const auto run = e.digits == 1 ? &unit_of<1> : e.digits == 2 ? &unit_of<2> : &unit_of<3>;
    run(plan, e, in, {before, stream, thresholds, valid, out, stride}, memory);
  }

  static constexpr Cell cell{&scratch, &signs, &sums, &unit, &run_below, &run_add};
};
