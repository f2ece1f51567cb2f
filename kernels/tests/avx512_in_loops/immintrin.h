// The AVX-512 intrinsics that window_avx512.cpp names, as loops over lanes, so that its source runs
// on processors that have none of them: see test_window_loops.cpp.
#pragma once
#include_next <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace in_loops {

using Z = __m512i;

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
W widened(V v) {
  const Lanes<From, V> from(v);
  Lanes<To, W> to;
  for (int i = 0; i < to.count; ++i) to.x[i] = static_cast<To>(from.x[i]);
  return to.vector();
}

template <class T>
Z add(Z a, Z b) {
  Lanes<T, Z> p(a), q(b);
  for (int i = 0; i < p.count; ++i) p.x[i] += q.x[i];
  return p.vector();
}

template <class T>
Z alignr(Z a, Z b, int by) {  // lanes of b, then of a, from number `by`
  const Lanes<T, Z> p(a), q(b);
  Lanes<T, Z> r;
  for (int i = 0; i < r.count; ++i)
    r.x[i] = i + by < r.count ? q.x[i + by] : p.x[i + by - r.count];
  return r.vector();
}

template <class T>
Z permuted(Z places, Z a) {
  const Lanes<T, Z> p(places), q(a);
  Lanes<T, Z> r;
  for (int i = 0; i < r.count; ++i) r.x[i] = q.x[p.x[i] & (r.count - 1)];
  return r.vector();
}

template <class T>
Z filled(T value) {
  Lanes<T, Z> r;
  for (T& x : r.x) x = value;
  return r.vector();
}

inline Z less(Z a, Z b) {
  Lanes<std::uint32_t, Z> p(a), q(b);
  for (int i = 0; i < p.count; ++i) p.x[i] -= q.x[i];
  return p.vector();
}

inline __m256i half(Z a, int which) {
  const Lanes<std::uint64_t, Z> p(a);
  __m256i r;
  std::memcpy(&r, p.x + 4 * which, sizeof r);
  return r;
}

inline unsigned compared(__m512d a, __m512d b, int operation) {  // <= or <
  const Lanes<double, __m512d> p(a), q(b);
  unsigned mask = 0;
  for (int i = 0; i < p.count; ++i) {
    const bool holds = operation == _CMP_LE_OQ ? p.x[i] <= q.x[i] : p.x[i] < q.x[i];
    mask |= static_cast<unsigned>(holds) << i;
  }
  return mask;
}

inline Z pairs(Z a, Z b) {
  const Lanes<std::int16_t, Z> p(a), q(b);
  Lanes<std::int32_t, Z> r;
  for (int i = 0; i < r.count; ++i)
    r.x[i] = p.x[2 * i] * q.x[2 * i] + p.x[2 * i + 1] * q.x[2 * i + 1];
  return r.vector();
}

inline __m512d rooted(__m512d a) {
  Lanes<double, __m512d> p(a);
  for (double& x : p.x) x = std::sqrt(x);
  return p.vector();
}

inline Z loaded(const void* from) {
  Z v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

inline void stored(void* to, Z v) { std::memcpy(to, &v, sizeof v); }

}  // namespace in_loops

#undef _mm512_alignr_epi32
#undef _mm512_alignr_epi64
#undef _mm512_cmp_pd_mask
#undef _mm512_extracti64x4_epi64
#define _mm512_add_epi32 in_loops::add<std::uint32_t>
#define _mm512_add_epi64 in_loops::add<std::uint64_t>
#define _mm512_sub_epi32 in_loops::less
#define _mm512_alignr_epi32 in_loops::alignr<std::uint32_t>
#define _mm512_alignr_epi64 in_loops::alignr<std::uint64_t>
#define _mm512_castsi512_si256(a) in_loops::half(a, 0)
#define _mm512_extracti64x4_epi64 in_loops::half
#define _mm512_cmp_pd_mask in_loops::compared
#define _mm512_cvtepi32_pd in_loops::widened<double, __m512d, std::int32_t>
#define _mm512_cvtepu32_pd in_loops::widened<double, __m512d, std::uint32_t>
#define _mm512_cvtepu32_epi64 in_loops::widened<std::uint64_t, __m512i, std::uint32_t>
#define _mm512_cvtepu8_epi32 in_loops::widened<std::uint32_t, __m512i, std::uint8_t>
#define _mm512_loadu_si512 in_loops::loaded
#define _mm512_storeu_si512 in_loops::stored
#define _mm512_madd_epi16 in_loops::pairs
#define _mm512_permutexvar_epi32 in_loops::permuted<std::uint32_t>
#define _mm512_permutexvar_epi64 in_loops::permuted<std::uint64_t>
#define _mm512_set1_epi32(value) in_loops::filled<std::uint32_t>(value)
#define _mm512_set1_epi64(value) in_loops::filled<std::uint64_t>(value)
#define _mm512_setzero_si512() in_loops::filled<std::uint32_t>(0)
#define _mm512_sqrt_pd in_loops::rooted
