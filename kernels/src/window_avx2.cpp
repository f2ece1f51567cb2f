// Four doubles at a time; prefix sums of eight 32-bit or four 64-bit integers in registers.
#include <immintrin.h>

#include "window_extremes.hpp"
#include "window_rows.hpp"

namespace docbin::window {
namespace {

struct Avx2 {
  static constexpr int lanes = 4;
  using F = double __attribute__((vector_size(32)));
  using U = std::uint64_t __attribute__((vector_size(32)));

  static F grey(const std::uint8_t* p) {
    int four;
    std::memcpy(&four, p, 4);
    return _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four)));
  }
  static __m128i difference(const std::uint32_t* high, const std::uint32_t* low) {
    return _mm_sub_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(high)),
                         _mm_loadu_si128(reinterpret_cast<const __m128i*>(low)));
  }
  static F small(const std::uint32_t* high, const std::uint32_t* low) {
    return _mm256_cvtepi32_pd(difference(high, low));
  }
  static F wide32(const std::uint32_t* high, const std::uint32_t* low) {
    return Wide<Avx2>::below52(reinterpret_cast<U>(_mm256_cvtepu32_epi64(difference(high, low))));
  }
  static unsigned le(F a, F b) {
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LE_OQ)));
  }
  static unsigned lt(F a, F b) {
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LT_OQ)));
  }
  static F root(F f) { return _mm256_sqrt_pd(f); }

  static __m256i bytes32(const std::uint8_t* p) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  }
  static __m256i scan32(__m256i v) {
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    const __m256i lower = _mm256_permute2x128_si256(v, v, 0x08);  // low half up, zero below
    return _mm256_add_epi32(v, _mm256_shuffle_epi32(lower, 0xff));
  }
  static __m256i scan64(__m256i v) {
    v = _mm256_add_epi64(v, _mm256_slli_si256(v, 8));
    const __m256i lower = _mm256_permute2x128_si256(v, v, 0x08);
    return _mm256_add_epi64(v, _mm256_shuffle_epi32(lower, 0xee));
  }
  static void put(std::uint32_t* to, __m256i v, __m256i& carry) {
    v = scan32(v);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_add_epi32(v, carry));
    carry = _mm256_add_epi32(carry, _mm256_permutevar8x32_epi32(v, _mm256_set1_epi32(7)));
  }
  static void put(std::uint64_t* to, __m256i v, __m256i& carry) {
    const __m256i halves[] = {_mm256_cvtepu32_epi64(_mm256_castsi256_si128(v)),
                              _mm256_cvtepu32_epi64(_mm256_extracti128_si256(v, 1))};
    for (int i = 0; i < 2; ++i) {
      const __m256i sums = scan64(halves[i]);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 4 * i), _mm256_add_epi64(sums, carry));
      carry = _mm256_add_epi64(carry, _mm256_permute4x64_epi64(sums, 0xff));
    }
  }

  template <class Column, class Prefix>
  static std::int64_t advance(const std::uint8_t* enters, const std::uint8_t* leaves,
                              Column* column, Column* column2, Prefix* prefix, Prefix* prefix2,
                              std::int64_t width) {
    std::int64_t x = 0;
    if constexpr (sizeof(Column) == 4) {
      __m256i carry = _mm256_setzero_si256(), carry2 = carry;
      for (; x + 8 <= width; x += 8) {
        const __m256i a = bytes32(enters + x), b = bytes32(leaves + x);
        const __m256i change = _mm256_sub_epi32(a, b);
        auto* at = reinterpret_cast<__m256i*>(column + x);
        auto* at2 = reinterpret_cast<__m256i*>(column2 + x);
        const __m256i c = _mm256_add_epi32(_mm256_loadu_si256(at), change);
        // a^2 - b^2 = (a - b)(a + b), 16-bit factors: the upper half of a + b is 0
        const __m256i c2 = _mm256_add_epi32(
            _mm256_loadu_si256(at2), _mm256_madd_epi16(change, _mm256_add_epi32(a, b)));
        _mm256_storeu_si256(at, c);
        _mm256_storeu_si256(at2, c2);
        put(prefix + x, c, carry);
        put(prefix2 + x, c2, carry2);
      }
    }
    return x;
  }

  static void spread(std::uint8_t bits, std::uint8_t* out) {
    const std::uint64_t eight = _pdep_u64(bits, 0x0101010101010101ull);
    std::memcpy(out, &eight, 8);
  }
};

#include "window_quick.inl"

}  // namespace

const Cell kAvx2 = {quick_threshold<Avx2>, moments_on<Avx2>, quick_max_variance<Avx2>,
                    extremes_on<Avx2>};

}  // namespace docbin::window
