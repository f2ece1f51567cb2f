// AVX-512 cell of the fixed-point convolutions.
#include <immintrin.h>

#include <cstring>

#include "fixed.hpp"

namespace docbin::fixed {
extern const Cell avx512_cell;
namespace {

inline constexpr int kTall = 12;

struct I {
  static constexpr int kLanes = 16;
  __m512i v;
  static I load(const void* p) { return {_mm512_loadu_si512(p)}; }
  static void store(void* p, I x) { _mm512_storeu_si512(p, x.v); }
  static I splat(std::int32_t x) { return {_mm512_set1_epi32(x)}; }
  static I widen(const std::int16_t* p) {
    return {_mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
  }
  static I low(I x) { return {_mm512_and_si512(x.v, _mm512_set1_epi32(0xFFFF))}; }
  static I madd(I a, I b) { return {_mm512_madd_epi16(a.v, b.v)}; }
  static I keep(I x) {
#if defined(__AVX512F__)  // not where its instructions are AVX2 code
    asm volatile("" : "+v"(x.v));
#endif
    return x;
  }
  friend I operator+(I a, I b) { return {_mm512_add_epi32(a.v, b.v)}; }
  friend I operator-(I a, I b) { return {_mm512_sub_epi32(a.v, b.v)}; }
  friend I operator>>(I a, int n) { return {_mm512_srav_epi32(a.v, _mm512_set1_epi32(n))}; }
};

struct H {  // 16 lanes: a map may have no more channels
  static constexpr int kLanes = 16;
  __m256i v;
  static H load(const std::int16_t* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
  }
  static void store(std::int16_t* p, H x) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x.v); }
  friend H operator+(H a, H b) { return {_mm256_add_epi16(a.v, b.v)}; }
  friend H operator-(H a, H b) { return {_mm256_sub_epi16(a.v, b.v)}; }
};

void put(std::int16_t* to, const I* sums, const std::int16_t* skip, int low, int high) {
  __m256i x = _mm512_cvtsepi32_epi16(sums[0].v);
  if (skip != nullptr) x = _mm256_adds_epi16(x, H::load(skip).v);
  x = _mm256_min_epi16(x, _mm256_set1_epi16(static_cast<short>(high)));
  H::store(to, H{_mm256_max_epi16(x, _mm256_set1_epi16(static_cast<short>(low)))});
}

#include "fixed.inl"

}  // namespace

const Cell avx512_cell{&convolve, &down, &up, &logits, &film};

}  // namespace docbin::fixed
