// Intrinsics of AVX-512 and AMX in AVX2 code, so that the sources of those cells run on processors
// that have neither (scripts/check-avx512): SIMDe's, and below what it lacks or what the processor
// checks and it does not. An intrinsic that is in neither does not compile.
#pragma once

#include_next <immintrin.h>

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/gfni.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace emulated {

using Z = __m512i;

[[noreturn]] inline void fault(const char* what) {
  std::fprintf(stderr, "emulated processor: %s\n", what);
  std::abort();
}

template <class T, class V>
struct Lanes {
  static constexpr int count = sizeof(V) / sizeof(T);
  T x[count];
  Lanes() = default;
  explicit Lanes(V v) { std::memcpy(x, &v, sizeof v); }
  V vector() const {
    V v;
    std::memcpy(&v, x, sizeof v);
    return v;
  }
};

template <class To, class W, class From, class V>
W converted(V v) {
  const Lanes<From, V> from(v);
  Lanes<To, W> to;
  static_assert(to.count == from.count);
  for (int i = 0; i < to.count; ++i) to.x[i] = static_cast<To>(from.x[i]);
  return to.vector();
}

template <class T, int by>
Z alignr(Z a, Z b) {  // lanes of b, then of a, from number `by`
  const Lanes<T, Z> p(a), q(b);
  Lanes<T, Z> r;
  for (int i = 0; i < r.count; ++i)
    r.x[i] = i + by < r.count ? q.x[i + by] : p.x[i + by - r.count];
  return r.vector();
}

inline Z shifted(Z a, Z counts) {
  const Lanes<std::int32_t, Z> p(a);
  const Lanes<std::uint32_t, Z> by(counts);
  Lanes<std::int32_t, Z> r;
  for (int i = 0; i < r.count; ++i) r.x[i] = p.x[i] >> (by.x[i] > 31 ? 31 : by.x[i]);
  return r.vector();
}

inline void scattered(void* to, Z places, Z values, int scale) {
  const Lanes<std::int32_t, Z> at(places), value(values);
  for (int i = 0; i < at.count; ++i)
    std::memcpy(static_cast<char*>(to) + static_cast<std::ptrdiff_t>(at.x[i]) * scale, &value.x[i],
                sizeof value.x[i]);
}

inline void aligned(const void* p) {
  if (reinterpret_cast<std::uintptr_t>(p) % 64 != 0) fault("an aligned access to another address");
}

inline Z loaded(const void* from) {
  aligned(from);
  return _mm512_loadu_si512(from);
}

inline void stored(void* to, Z v) {
  aligned(to);
  _mm512_storeu_si512(to, v);
}

}  // namespace emulated

#undef _mm512_alignr_epi32
#undef _mm512_alignr_epi64
#undef _mm512_i32scatter_epi32
#undef _mm512_load_si512
#undef _mm512_madd_epi16  // SIMDe 0.7.4 gives it five arguments
#undef _mm512_store_si512
#define _mm512_alignr_epi32(a, b, by) emulated::alignr<std::uint32_t, by>(a, b)
#define _mm512_alignr_epi64(a, b, by) emulated::alignr<std::uint64_t, by>(a, b)
#define _mm512_cvtepi16_epi32 emulated::converted<std::int32_t, __m512i, std::int16_t, __m256i>
#define _mm512_cvtepi32_epi16 emulated::converted<std::int16_t, __m256i, std::int32_t, __m512i>
#define _mm512_cvtepi32_pd emulated::converted<double, __m512d, std::int32_t, __m256i>
#define _mm512_cvtepu32_pd emulated::converted<double, __m512d, std::uint32_t, __m256i>
#define _mm512_cvtepu32_epi64 emulated::converted<std::uint64_t, __m512i, std::uint32_t, __m256i>
#define _mm512_cvtepu8_epi32 emulated::converted<std::uint32_t, __m512i, std::uint8_t, __m128i>
#define _mm512_i32scatter_epi32 emulated::scattered
#define _mm512_load_si512 emulated::loaded
#define _mm512_madd_epi16 simde_mm512_madd_epi16
#define _mm512_srav_epi32 emulated::shifted
#define _mm512_store_si512 emulated::stored

#include "tiles.hpp"
