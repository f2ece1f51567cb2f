// AVX-512 cell of the real-valued ends.
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "dense.hpp"

namespace docbin::dense {
extern const Cell avx512_cell;
namespace {

struct P {
  static constexpr int kPixels = 16, kWide = 4, kDeep = 4;
  static constexpr bool kReload = false;
  __m512i v;
  static P load_u(const void* p) { return {_mm512_loadu_si512(p)}; }
  static P splat(std::int32_t x) { return {_mm512_set1_epi32(x)}; }
  static P madd(P a, P b) { return {_mm512_madd_epi16(a.v, b.v)}; }
  static P shift(P a, int n) { return {_mm512_srav_epi32(a.v, _mm512_set1_epi32(n))}; }
  static P clamp(P a, std::int32_t limit) {
    return {_mm512_max_epi32(_mm512_min_epi32(a.v, splat(limit).v), splat(-limit).v)};
  }
  static void store16(std::int16_t* to, P a) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtepi32_epi16(a.v));
  }
  friend P operator+(P a, P b) { return {_mm512_add_epi32(a.v, b.v)}; }
  friend P operator-(P a, P b) { return {_mm512_sub_epi32(a.v, b.v)}; }
  static P add16(P a, P b) { return {_mm512_add_epi16(a.v, b.v)}; }
  static P sub16(P a, P b) { return {_mm512_sub_epi16(a.v, b.v)}; }
  // Lanes of tiles: of every four pairs of each vector two, as in the avx2 cell.
  static void deal(const std::int16_t* from, P& even, P& odd) {
    const __m512 a = _mm512_castsi512_ps(load_u(from).v), b = _mm512_castsi512_ps(load_u(from + 32).v);
    even.v = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0x88));
    odd.v = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0xDD));
  }
  static void store_dealt(std::int16_t* to, P even, P odd) {
    const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    const __m512i both = _mm512_mask_blend_epi16(0xAAAAAAAAu, even.v, _mm512_slli_epi32(odd.v, 16));
    _mm512_storeu_si512(to, _mm512_permutexvar_epi64(order, both));
  }
};

#include "dense_tiled.hpp"
#include "dense_winograd.hpp"

void across(const std::int16_t* values, int blocks, std::int16_t* first, std::int16_t* second) {
  const __m512i ones = _mm512_set1_epi16(1), signs = _mm512_set1_epi32(static_cast<int>(0xFFFF0001u));
  const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
  for (int i = 0; i < blocks; i += 8) {  // reads and writes up to seven blocks more
    const __m512i x = P::load_u(values + 4 * i).v;
    const __m512i level = _mm512_packs_epi32(_mm512_madd_epi16(x, ones), _mm512_madd_epi16(x, signs));
    const __m512i sum = _mm512_madd_epi16(level, ones), apart = _mm512_madd_epi16(level, signs);
    const __m512i both = _mm512_permutexvar_epi64(
        order, _mm512_mask_blend_epi16(0xAAAAAAAAu, sum, _mm512_slli_epi32(apart, 16)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(first + 2 * i), _mm512_castsi512_si256(both));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(second + 2 * i), _mm512_extracti64x4_epi64(both, 1));
  }
}

#include "dense_bands.hpp"
inline constexpr int kWords = 4;
#include "dense_resample.hpp"

void slice(const std::int16_t* values, int bytes, int bits, std::uint8_t* planes,
           std::size_t stride) {
  for (int b = 0; b < bytes; b += 4) {
    const __m512i value = _mm512_loadu_si512(values + 8 * b);
    for (int j = 0; j < bits; ++j) {
      const __mmask32 word = _mm512_test_epi16_mask(value, _mm512_set1_epi16(static_cast<short>(1 << j)));
      std::memcpy(planes + static_cast<std::size_t>(j) * stride + b, &word, 4);
    }
  }
}

void unslice(const std::uint8_t* first, const std::uint8_t* second, std::size_t stride, int bytes,
             int bits, std::int16_t* values) {
  alignas(64) std::int16_t order[2][32];
  for (int i = 0; i < 64; ++i) order[i / 32][i % 32] = static_cast<std::int16_t>(i / 2 + (i % 2) * 32);
  const __m512i low = _mm512_load_si512(order[0]), high = _mm512_load_si512(order[1]);
  const auto lanes = [&](const std::uint8_t* planes) {
    __m512i value = _mm512_setzero_si512();
    for (int j = 0; j < bits; ++j) {
      std::uint32_t word;
      std::memcpy(&word, planes + static_cast<std::size_t>(j) * stride, 4);
      // The top plane counts -2^(bits-1): every bit from it upwards.
      const int weight = j == bits - 1 ? -(1 << j) : 1 << j;
      const __m512i all = _mm512_set1_epi16(static_cast<short>(weight));
      value = _mm512_or_si512(value, _mm512_maskz_mov_epi16(word, all));
    }
    return value;
  };
  for (int b = 0; b < bytes; b += 4, values += 64) {
    const __m512i x = lanes(first + b), y = lanes(second + b);
    _mm512_storeu_si512(values, _mm512_permutex2var_epi16(x, low, y));
    _mm512_storeu_si512(values + 32, _mm512_permutex2var_epi16(x, high, y));
  }
}

}  // namespace

const Cell avx512_cell{&convolve, &convolve_two, &bands, &slice, &unslice, &pool_row, &up_row};

}  // namespace docbin::dense
