// AVX-512 cell of the real-valued ends.
#include <immintrin.h>

#include <cstring>
#include <type_traits>

#include "dense.hpp"

namespace docbin::dense {
extern const Cell avx512_cell;
namespace {

struct P {
  static constexpr int kPixels = 16, kDeep = 4;
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
};

#include "dense_tiled.hpp"

void slice(const std::int16_t* values, int bytes, int bits, std::uint8_t* planes,
           std::size_t stride) {
  for (int b = 0; b < bytes; b += 4) {
    const __m512i value = _mm512_loadu_si512(values + 8 * b);
    const std::size_t room = bytes - b < 4 ? static_cast<std::size_t>(bytes - b) : 4;
    for (int j = 0; j < bits; ++j) {
      const __mmask32 word = _mm512_test_epi16_mask(value, _mm512_set1_epi16(static_cast<short>(1 << j)));
      std::memcpy(planes + static_cast<std::size_t>(j) * stride + b, &word, room);
    }
  }
}

void unslice(const std::uint8_t* planes, std::size_t stride, int bytes, int bits,
             std::int16_t* values, int step) {
  alignas(64) std::int16_t lanes[32];
  for (int b = 0; b < bytes; b += 4) {
    const std::size_t room = bytes - b < 4 ? static_cast<std::size_t>(bytes - b) : 4;
    __m512i value = _mm512_setzero_si512();
    for (int j = 0; j < bits; ++j) {
      std::uint32_t word = 0;
      std::memcpy(&word, planes + static_cast<std::size_t>(j) * stride + b, room);
      // The top plane counts -2^(bits-1): every bit from it upwards.
      const int weight = j == bits - 1 ? -(1 << j) : 1 << j;
      value = _mm512_or_si512(value, _mm512_maskz_set1_epi16(word, static_cast<short>(weight)));
    }
    _mm512_store_si512(lanes, value);
    for (int i = 0; i < static_cast<int>(8 * room); ++i) values[(8 * b + i) * step] = lanes[i];
  }
}

}  // namespace

const Cell avx512_cell{&convolve, &slice, &unslice};

}  // namespace docbin::dense
