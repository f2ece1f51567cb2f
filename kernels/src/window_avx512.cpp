// Eight doubles at a time; prefix sums of sixteen 32-bit or eight 64-bit integers in registers.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12's own _mm512_undefined_*
#endif
#include <immintrin.h>

#include "window_extremes.hpp"
#include "window_rows.hpp"

namespace docbin::window {
namespace {

struct Avx512 {
  static constexpr int lanes = 8;
  using F = double __attribute__((vector_size(64)));
  using U = std::uint64_t __attribute__((vector_size(64)));

  static F grey(const std::uint8_t* p) {
    return _mm512_cvtepi32_pd(
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  }
  static __m256i difference(const std::uint32_t* high, const std::uint32_t* low) {
    return _mm256_sub_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(high)),
                            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(low)));
  }
  static F small(const std::uint32_t* high, const std::uint32_t* low) {
    return _mm512_cvtepi32_pd(difference(high, low));
  }
  static F wide32(const std::uint32_t* high, const std::uint32_t* low) {
    return _mm512_cvtepu32_pd(difference(high, low));
  }
  static unsigned le(F a, F b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
  static unsigned lt(F a, F b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
  static F root(F f) { return _mm512_sqrt_pd(f); }

  static __m512i bytes32(const std::uint8_t* p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static __m512i scan32(__m512i v) {
    const __m512i zero = _mm512_setzero_si512();
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 15));
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 14));
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 12));
    return _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 8));
  }
  static __m512i scan64(__m512i v) {
    const __m512i zero = _mm512_setzero_si512();
    v = _mm512_add_epi64(v, _mm512_alignr_epi64(v, zero, 7));
    v = _mm512_add_epi64(v, _mm512_alignr_epi64(v, zero, 6));
    return _mm512_add_epi64(v, _mm512_alignr_epi64(v, zero, 4));
  }
  static void put(std::uint32_t* to, __m512i v, __m512i& carry) {
    v = scan32(v);
    _mm512_storeu_si512(to, _mm512_add_epi32(v, carry));
    carry = _mm512_add_epi32(carry, _mm512_permutexvar_epi32(_mm512_set1_epi32(15), v));
  }
  static void put(std::uint64_t* to, __m512i v, __m512i& carry) {
    const __m512i halves[] = {_mm512_cvtepu32_epi64(_mm512_castsi512_si256(v)),
                              _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(v, 1))};
    for (int i = 0; i < 2; ++i) {
      const __m512i sums = scan64(halves[i]);
      _mm512_storeu_si512(to + 8 * i, _mm512_add_epi64(sums, carry));
      carry = _mm512_add_epi64(carry, _mm512_permutexvar_epi64(_mm512_set1_epi64(7), sums));
    }
  }

  template <class Column, class Prefix>
  static std::int64_t advance(const std::uint8_t* enters, const std::uint8_t* leaves,
                              Column* column, Column* column2, Prefix* prefix, Prefix* prefix2,
                              std::int64_t width) {
    std::int64_t x = 0;
    if constexpr (sizeof(Column) == 4) {
      __m512i carry = _mm512_setzero_si512(), carry2 = carry;
      for (; x + 16 <= width; x += 16) {
        const __m512i a = bytes32(enters + x), b = bytes32(leaves + x);
        const __m512i change = _mm512_sub_epi32(a, b);
        const __m512i c = _mm512_add_epi32(_mm512_loadu_si512(column + x), change);
        // a^2 - b^2 = (a - b)(a + b), 16-bit factors: the upper half of a + b is 0
        const __m512i c2 =
            _mm512_add_epi32(_mm512_loadu_si512(column2 + x),
                             _mm512_madd_epi16(change, _mm512_add_epi32(a, b)));
        _mm512_storeu_si512(column + x, c);
        _mm512_storeu_si512(column2 + x, c2);
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

const Cell kAvx512 = {quick_threshold<Avx512>, moments_on<Avx512>, quick_max_variance<Avx512>,
                      extremes_on<Avx512>};

}  // namespace docbin::window
