// The rules, decided on the sums of a window in double; see window.hpp for the maths, window_rows.hpp
// for the policy V and what may stand here.
#pragma once

#include <cstring>

#include "window.hpp"

namespace docbin::window {

template <class V>
struct Wide {  // what a vector of doubles needs of 64-bit integers, for any V
  using F = typename V::F;
  using U = typename V::U;
  static constexpr double k2p52 = 4503599627370496.0;

  template <class T>
  static T load(const void* from) {
    T to;
    std::memcpy(&to, from, sizeof to);
    return to;
  }
  static F fill(double value) { return F{} + value; }
  static U bits(F f) { return load<U>(&f); }
  static F value(U u) { return load<F>(&u); }
  static F absolute(F f) { return value(bits(f) & (U{} + 0x7fffffffffffffffull)); }
  static F below52(U u) { return value(u | bits(fill(k2p52))) - k2p52; }  // u < 2^52, exact
  static U whole(F f) { return bits(f + k2p52) ^ bits(fill(k2p52)); }     // f < 2^52, whole
  static double with_sign(double v) { return v * __builtin_fabs(v); }  // v|v|
  static F any(U u) {  // rounded once: both parts are exact
    return below52(u >> 32) * 4294967296.0 + below52(u & (U{} + 0xffffffffull));
  }
};

// exp(x) for -700 < x <= 0: 2^k exp(r), |r| <= ln(2)/2, Taylor to r^13. The reference repeats it.
template <class V>
typename V::F exponential(typename V::F x) {
  using F = typename V::F;
  using W = Wide<V>;
  constexpr double shift = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to a whole number
  const F t = x * 1.4426950408889634 + shift;
  const F k = t - shift;
  const F r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
  constexpr double inverse[] = {1.0 / 12, 1.0 / 11, 1.0 / 10, 1.0 / 9, 1.0 / 8, 1.0 / 7,
                                1.0 / 6,  1.0 / 5,  1.0 / 4,  1.0 / 3, 1.0 / 2, 1.0};
  F sum = r * (1.0 / 13) + 1.0;
  for (double c : inverse) sum = sum * (r * c) + 1.0;
  return W::value(W::bits(sum) + (W::bits(t) << 52));
}

// The sums of one window for V::lanes pixels side by side.
template <class V>
struct Local {
  using F = typename V::F;
  F grey, n, S, Q, D, plane;
};

// The rules: bit i says that lane i is ink. x|x| <= y|y| D stands for x <= y sqrt(D).
template <class V>
struct Niblack {
  using F = typename V::F;
  double kk;
  explicit Niblack(const double* p) : kk(Wide<V>::with_sign(p[0])) {}
  unsigned operator()(const Local<V>& w) const {
    const F x = w.n * w.grey - w.S;
    return V::le(x * Wide<V>::absolute(x), kk * w.D) & V::lt(F{}, w.D);
  }
};

template <class V>
struct Sauvola {
  using F = typename V::F;
  double rest, slope;
  explicit Sauvola(const double* p)
      : rest(1.0 - p[0]), slope(Wide<V>::with_sign(p[0] / p[1])) {}
  template <class Share>  // of the mean: a number, or one a lane
  unsigned below(const Local<V>& w, Share share) const {
    const F x = w.n * (w.n * w.grey - share * w.S);
    return V::le(x * Wide<V>::absolute(x), (slope * (w.S * w.S)) * w.D) & V::lt(F{}, w.D);
  }
  unsigned operator()(const Local<V>& w) const { return below(w, rest); }
};

template <class V>
struct Wolf {
  using F = typename V::F;
  double rest, slope, low, share;
  explicit Wolf(const double* p)
      : rest(1.0 - p[0]),
        slope(Wide<V>::with_sign(p[0] / p[1])),
        low(p[2]),
        share(p[0] * p[2]) {}
  unsigned operator()(const Local<V>& w) const {
    const F x = w.n * (w.n * w.grey - (rest * w.S + share * w.n));
    const F y = w.S - low * w.n;
    return V::le(x * Wide<V>::absolute(x), (slope * (y * y)) * w.D) & V::lt(F{}, w.D);
  }
};

template <class V>
struct Nick {
  using F = typename V::F;
  double kk;
  explicit Nick(const double* p) : kk(Wide<V>::with_sign(p[0])) {}
  unsigned operator()(const Local<V>& w) const {
    const F x = w.n * w.grey - w.S;
    const F power = w.n * (w.n * w.Q) - w.S * w.S;
    return V::le(w.n * (x * Wide<V>::absolute(x)), kk * power) & V::lt(F{}, w.D);
  }
};

template <class V>
struct Phansalkar {  // Sauvola's rule, with more of the mean where that is dark
  using F = typename V::F;
  Sauvola<V> sauvola;
  double p, q;
  explicit Phansalkar(const double* s) : sauvola(s), p(s[2]), q(-s[3] / 255.0) {}
  unsigned operator()(const Local<V>& w) const {
    const F dark = exponential<V>(q * (w.S / w.n));
    return sauvola.below(w, sauvola.rest + p * dark);
  }
};

template <class V>
struct Singh {
  using F = typename V::F;
  double k, rest;
  bool absolute;
  explicit Singh(const double* p) : k(p[0]), rest(1.0 - p[0]), absolute(p[1] != 0.0) {}
  unsigned operator()(const Local<V>& w) const {
    const F x = w.n * w.grey;
    const F e = absolute ? Wide<V>::absolute(x - w.S) : x - w.S;
    return V::le((x - rest * w.S) * (255.0 * w.n - e), k * (w.S * e)) & V::lt(F{}, w.D);
  }
};

template <class V>
struct Bradley {
  using F = typename V::F;
  double rest;
  explicit Bradley(const double* p) : rest(1.0 - p[0]) {}
  unsigned operator()(const Local<V>& w) const {
    return V::le(w.n * w.grey, rest * w.S) & V::lt(F{}, w.S);
  }
};

template <class V>
struct Wan {
  using F = typename V::F;
  double rest, slope;
  explicit Wan(const double* p)
      : rest(1.0 - p[0]), slope(Wide<V>::with_sign(p[0] / p[1])) {}
  unsigned operator()(const Local<V>& w) const {
    const F both = w.n * w.plane + w.S;
    const F x = w.n * ((2.0 * w.n) * w.grey - rest * both);
    return V::le(x * Wide<V>::absolute(x), (slope * (both * both)) * w.D) & V::lt(F{}, w.D);
  }
};

}  // namespace docbin::window
