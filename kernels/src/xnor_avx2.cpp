// Bit-sliced binary convolution: AVX2, 256 positions a register, a full adder in five instructions.
#include "xnor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <immintrin.h>
namespace docbin::xnor {
extern const Cell avx2_cell;
namespace {

struct V {
  static constexpr int kBytes = 32;
  static constexpr bool kPairs = true;
  __m256i v;
  static V load(const void* p) { return {_mm256_load_si256(static_cast<const __m256i*>(p))}; }
  static V load_u(const void* p) { return {_mm256_loadu_si256(static_cast<const __m256i*>(p))}; }
  static void store(void* p, V x) { _mm256_store_si256(static_cast<__m256i*>(p), x.v); }
  static void store_u(void* p, V x) { _mm256_storeu_si256(static_cast<__m256i*>(p), x.v); }
  static V splat(std::uint64_t w) { return {_mm256_set1_epi64x(static_cast<long long>(w))}; }
  static V zero() { return {_mm256_setzero_si256()}; }
  static V ones() { return {_mm256_set1_epi64x(-1)}; }
  static V xor3(V a, V b, V c) { return (a ^ b) ^ c; }
  static V maj(V a, V b, V c) { return (a & b) | ((a ^ b) & c); }
  static V but(V a, V m) { return {_mm256_andnot_si256(m.v, a.v)}; }
  static V mux(V m, V a, V b) { return b ^ (m & (a ^ b)); }
  static V up1(V low, V here) {
    return {_mm256_or_si256(_mm256_slli_epi64(here.v, 1), _mm256_srli_epi64(low.v, 63))};
  }
  static V down1(V here, V high) {
    return {_mm256_or_si256(_mm256_srli_epi64(here.v, 1), _mm256_slli_epi64(high.v, 63))};
  }
  friend V operator^(V a, V b) { return {_mm256_xor_si256(a.v, b.v)}; }
  friend V operator&(V a, V b) { return {_mm256_and_si256(a.v, b.v)}; }
  friend V operator|(V a, V b) { return {_mm256_or_si256(a.v, b.v)}; }
  V operator~() const { return *this ^ ones(); }
};

#include "sliced.hpp"

}  // namespace

const Cell avx2_cell{&scratch_bytes, &run_signs, &run_sums, &run_unit, &run_below, &run_add};

}  // namespace docbin::xnor
