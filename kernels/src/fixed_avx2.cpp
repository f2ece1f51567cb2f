// AVX2 cell of the fixed-point convolutions.
#include <immintrin.h>

#include <cstring>

#include "fixed.hpp"

namespace docbin::fixed {
extern const Cell avx2_cell;
namespace {

inline constexpr int kTall = 6;

struct I {
  static constexpr int kLanes = 8;
  __m256i v;
  static I load(const void* p) { return {_mm256_loadu_si256(static_cast<const __m256i*>(p))}; }
  static void store(void* p, I x) { _mm256_storeu_si256(static_cast<__m256i*>(p), x.v); }
  static I splat(std::int32_t x) { return {_mm256_set1_epi32(x)}; }
  static I widen(const std::int16_t* p) {
    return {_mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
  }
  static I low(I x) { return {_mm256_and_si256(x.v, _mm256_set1_epi32(0xFFFF))}; }
  static I madd(I a, I b) { return {_mm256_madd_epi16(a.v, b.v)}; }
  static I keep(I x) {
    asm volatile("" : "+x"(x.v));
    return x;
  }
  friend I operator+(I a, I b) { return {_mm256_add_epi32(a.v, b.v)}; }
  friend I operator-(I a, I b) { return {_mm256_sub_epi32(a.v, b.v)}; }
  friend I operator>>(I a, int n) { return {_mm256_sra_epi32(a.v, _mm_cvtsi32_si128(n))}; }
};

struct H {
  static constexpr int kLanes = 16;
  __m256i v;
  static H load(const std::int16_t* p) { return {I::load(p).v}; }
  static void store(std::int16_t* p, H x) { I::store(p, I{x.v}); }
  friend H operator+(H a, H b) { return {_mm256_add_epi16(a.v, b.v)}; }
  friend H operator-(H a, H b) { return {_mm256_sub_epi16(a.v, b.v)}; }
};

void put(std::int16_t* to, const I* sums, const std::int16_t* skip, int low, int high) {
  __m256i x = _mm256_permute4x64_epi64(_mm256_packs_epi32(sums[0].v, sums[1].v), 0xD8);
  if (skip != nullptr) x = _mm256_adds_epi16(x, I::load(skip).v);
  x = _mm256_min_epi16(x, _mm256_set1_epi16(static_cast<short>(high)));
  I::store(to, I{_mm256_max_epi16(x, _mm256_set1_epi16(static_cast<short>(low)))});
}

#include "fixed.inl"

}  // namespace

const Cell avx2_cell{&convolve, &down, &up, &logits, &film};

}  // namespace docbin::fixed
