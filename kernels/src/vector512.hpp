// A vector of 512 bits for sliced.hpp. Included, like it, inside each cell's own anonymous namespace.

struct V {
  static constexpr int kBytes = 64;
  static constexpr bool kPairs = false;
  __m512i v;
  static V load(const void* p) { return {_mm512_load_si512(p)}; }
  static V load_u(const void* p) { return {_mm512_loadu_si512(p)}; }
  static void store(void* p, V x) { _mm512_store_si512(p, x.v); }
  static void store_u(void* p, V x) { _mm512_storeu_si512(p, x.v); }
  static V splat(std::uint64_t w) { return {_mm512_set1_epi64(static_cast<long long>(w))}; }
  static V zero() { return {_mm512_setzero_si512()}; }
  static V ones() { return {_mm512_set1_epi64(-1)}; }
  static V xor3(V a, V b, V c) { return {_mm512_ternarylogic_epi64(a.v, b.v, c.v, 0x96)}; }
  static V maj(V a, V b, V c) { return {_mm512_ternarylogic_epi64(a.v, b.v, c.v, 0xE8)}; }
  static V but(V a, V m) { return {_mm512_ternarylogic_epi64(a.v, m.v, m.v, 0x30)}; }
  static V mux(V m, V a, V b) { return {_mm512_ternarylogic_epi64(m.v, a.v, b.v, 0xCA)}; }
  static V up1(V low, V here) {
    return {_mm512_or_si512(_mm512_slli_epi64(here.v, 1), _mm512_srli_epi64(low.v, 63))};
  }
  static V down1(V here, V high) {
    return {_mm512_or_si512(_mm512_srli_epi64(here.v, 1), _mm512_slli_epi64(high.v, 63))};
  }
  friend V operator^(V a, V b) { return {_mm512_xor_si512(a.v, b.v)}; }
  friend V operator&(V a, V b) { return {_mm512_and_si512(a.v, b.v)}; }
  friend V operator|(V a, V b) { return {_mm512_or_si512(a.v, b.v)}; }
  V operator~() const { return *this ^ ones(); }
};
