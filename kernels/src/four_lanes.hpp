// What the portable cells of integer convolutions share: four 32-bit lanes, which every 64-bit x86
// (SSE2) and ARM holds in a register. For files compiled without a target's own flags only.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace docbin {

typedef std::uint32_t Words __attribute__((vector_size(16)));
typedef std::int32_t Signed __attribute__((vector_size(16)));
typedef std::uint16_t Halves __attribute__((vector_size(16)));

// Products of the int16 pairs, each pair's two added; they wrap.
inline Words multiply_pairs(Words a, Words b) {
#if defined(__SSE2__)
  return (Words)_mm_madd_epi16((__m128i)a, (__m128i)b);
#elif defined(__aarch64__)
  const auto x = vreinterpretq_s16_u32((uint32x4_t)a), y = vreinterpretq_s16_u32((uint32x4_t)b);
  const int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(y)), high = vmull_high_s16(x, y);
  return (Words)vreinterpretq_u32_s32(vpaddq_s32(low, high));
#else
  const auto even = [](Words w) { return (Signed)(w << 16) >> 16; };
  const auto odd = [](Words w) { return (Signed)w >> 16; };
  return (Words)(even(a) * even(b)) + (Words)(odd(a) * odd(b));
#endif
}

}  // namespace docbin
