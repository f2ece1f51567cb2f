// AVX2 cell of the real-valued ends.
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "dense.hpp"

namespace docbin::dense {
extern const Cell avx2_cell;
namespace {

struct P {
  static constexpr int kPixels = 8, kWide = 3, kDeep = 4;
  static constexpr bool kReload = true;
  __m256i v;
  static P load_u(const void* p) { return {_mm256_loadu_si256(static_cast<const __m256i*>(p))}; }
  static P splat(std::int32_t x) { return {_mm256_set1_epi32(x)}; }
  static P madd(P a, P b) { return {_mm256_madd_epi16(a.v, b.v)}; }
  static P shift(P a, int n) { return {_mm256_sra_epi32(a.v, _mm_cvtsi32_si128(n))}; }
  static P clamp(P a, std::int32_t limit) {
    return {_mm256_max_epi32(_mm256_min_epi32(a.v, splat(limit).v), splat(-limit).v)};
  }
  static void store16(std::int16_t* to, P a) {
    const __m128i low = _mm256_castsi256_si128(a.v), high = _mm256_extracti128_si256(a.v, 1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_packs_epi32(low, high));
  }
  friend P operator+(P a, P b) { return {_mm256_add_epi32(a.v, b.v)}; }
  friend P operator-(P a, P b) { return {_mm256_sub_epi32(a.v, b.v)}; }
  static P add16(P a, P b) { return {_mm256_add_epi16(a.v, b.v)}; }
  static P sub16(P a, P b) { return {_mm256_sub_epi16(a.v, b.v)}; }
  // Lanes of tiles 0 1 4 5 2 3 6 7.
  static void deal(const std::int16_t* from, P& even, P& odd) {
    const __m256 a = _mm256_castsi256_ps(load_u(from).v), b = _mm256_castsi256_ps(load_u(from + 16).v);
    even.v = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88));
    odd.v = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xDD));
  }
  static void store_dealt(std::int16_t* to, P even, P odd) {
    const __m256i both = _mm256_blend_epi16(even.v, _mm256_slli_epi32(odd.v, 16), 0xAA);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permute4x64_epi64(both, 0xD8));
  }
};

#include "dense_tiled.hpp"
#include "dense_winograd.hpp"

void across(const std::int16_t* values, int blocks, std::int16_t* first, std::int16_t* second) {
  const __m256i ones = _mm256_set1_epi16(1), signs = _mm256_set1_epi32(static_cast<int>(0xFFFF0001u));
  for (int i = 0; i < blocks; i += 4) {  // reads and writes up to three blocks more
    const __m256i x = P::load_u(values + 4 * i).v;
    const __m256i level = _mm256_packs_epi32(_mm256_madd_epi16(x, ones), _mm256_madd_epi16(x, signs));
    const __m256i sum = _mm256_madd_epi16(level, ones), apart = _mm256_madd_epi16(level, signs);
    const __m256i both = _mm256_permute4x64_epi64(
        _mm256_blend_epi16(sum, _mm256_slli_epi32(apart, 16), 0xAA), 0xD8);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(first + 2 * i), _mm256_castsi256_si128(both));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(second + 2 * i), _mm256_extracti128_si256(both, 1));
  }
}

#include "dense_bands.hpp"
inline constexpr int kWords = 4;
#include "dense_resample.hpp"

void slice(const std::int16_t* values, int bytes, int bits, std::uint8_t* planes,
           std::size_t stride) {
  for (int b = 0; b < bytes; b += 4) {
    const auto* from = reinterpret_cast<const __m256i*>(values + 8 * b);
    const __m256i a = _mm256_loadu_si256(from), c = _mm256_loadu_si256(from + 1);
    const __m256i low_byte = _mm256_set1_epi16(255);
    // Lanes are put back in order after the pack.
    const auto join = [](__m256i x, __m256i y) {
      return _mm256_permute4x64_epi64(_mm256_packus_epi16(x, y), 0xD8);
    };
    __m256i low = join(_mm256_and_si256(a, low_byte), _mm256_and_si256(c, low_byte));
    __m256i high = join(_mm256_srli_epi16(a, 8), _mm256_srli_epi16(c, 8));
    const auto put = [&](__m256i& x, int from_bit, int to_bit) {
      for (int j = to_bit; j >= from_bit; --j) {
        const auto word = static_cast<std::uint32_t>(_mm256_movemask_epi8(x));
        if (j < bits)
          std::memcpy(planes + static_cast<std::size_t>(j) * stride + b, &word, 4);
        x = _mm256_add_epi8(x, x);
      }
    };
    put(low, 0, 7);
    put(high, 8, 15);
  }
}

void unslice(const std::uint8_t* first, const std::uint8_t* second, std::size_t stride, int bytes,
             int bits, std::int16_t* values) {
  // Four bytes of a plane, each spread over eight lanes that look at a bit of their own.
  const __m256i spread = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2,
                                          2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
  const __m256i select = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201ull));
  // The byte of planes from .. from + 7, whose upper ones may be the sign again, of 32 positions.
  const auto byte = [&](const std::uint8_t* planes, int from) {
    __m256i value = _mm256_setzero_si256();
    for (int j = from + 7; j >= from; --j) {
      std::int32_t word;
      std::memcpy(&word, planes + static_cast<std::size_t>(std::min(j, bits - 1)) * stride, 4);
      const __m256i all = _mm256_shuffle_epi8(_mm256_set1_epi32(word), spread);
      const __m256i is = _mm256_cmpeq_epi8(_mm256_and_si256(all, select), select);
      value = _mm256_sub_epi8(_mm256_add_epi8(value, value), is);
    }
    return value;
  };
  for (int b = 0; b < bytes; b += 4, values += 64) {
    const __m256i a = byte(first + b, 0), c = byte(first + b, 8);
    const __m256i d = byte(second + b, 0), e = byte(second + b, 8);
    // Positions 0-7 and 16-23, then 8-15 and 24-31, of each channel.
    const __m256i x[2] = {_mm256_unpacklo_epi8(a, c), _mm256_unpackhi_epi8(a, c)};
    const __m256i y[2] = {_mm256_unpacklo_epi8(d, e), _mm256_unpackhi_epi8(d, e)};
    auto* to = reinterpret_cast<__m256i*>(values);
    for (int half = 0; half < 2; ++half) {
      const __m256i low = _mm256_unpacklo_epi16(x[half], y[half]);
      const __m256i high = _mm256_unpackhi_epi16(x[half], y[half]);
      _mm256_storeu_si256(to + half, _mm256_permute2x128_si256(low, high, 0x20));
      _mm256_storeu_si256(to + 2 + half, _mm256_permute2x128_si256(low, high, 0x31));
    }
  }
}

}  // namespace

const Cell avx2_cell{&convolve, &convolve_two, &bands, &slice, &unslice, &pool_row, &up_row};

}  // namespace docbin::dense
