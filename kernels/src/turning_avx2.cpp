#include <immintrin.h>

#include "turning_cell.hpp"

namespace docbin::turning {
namespace {

inline __m256i sixteen(const Byte* p) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline __m256i sixteen(const Word* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

// Pairs of products are added as they are made; unpacking and packing keep to halves of a vector, so
// that what comes out is in order again. The last sixteen overlap those before them.
template <int shift, class Tap, class To>
inline Index blend_many(const Tap* taps, Index apart, const Weights& by, Index start, Index n, To* to) {
  const __m256i half = _mm256_set1_epi32(1 << (shift - 1));
  if (n < 16) return 0;
  for (Index i = 0; i < n; i += 16) {
    const Index j = i < n - 16 ? i : n - 16;
    const __m256i a = sixteen(taps + j), b = sixteen(taps + apart + j);
    const __m256i c = sixteen(taps + 2 * apart + j), d = sixteen(taps + 3 * apart + j);
    const __m256i wa = sixteen(by.w[0] + start + j), wb = sixteen(by.w[1] + start + j);
    const __m256i wc = sixteen(by.w[2] + start + j), wd = sixteen(by.w[3] + start + j);
    __m256i low = _mm256_add_epi32(
        _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), _mm256_unpacklo_epi16(wa, wb)),
        _mm256_madd_epi16(_mm256_unpacklo_epi16(c, d), _mm256_unpacklo_epi16(wc, wd)));
    __m256i high = _mm256_add_epi32(
        _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), _mm256_unpackhi_epi16(wa, wb)),
        _mm256_madd_epi16(_mm256_unpackhi_epi16(c, d), _mm256_unpackhi_epi16(wc, wd)));
    low = _mm256_srai_epi32(_mm256_add_epi32(low, half), shift);
    high = _mm256_srai_epi32(_mm256_add_epi32(high, half), shift);
    const __m256i words = _mm256_packs_epi32(low, high);
    if constexpr (sizeof(To) == 1) {
      const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(words, words), 0x08);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + j), _mm256_castsi256_si128(bytes));
    } else {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + j), words);
    }
  }
  return n;
}

#include "turning_tile.inl"

}  // namespace

const Cell kAvx2 = {tile};

}  // namespace docbin::turning
