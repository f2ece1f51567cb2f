// Local sums row by row, and the rules decided on them; see window.hpp for the maths and bounds.
//
// Included by every window_TARGET.cpp, and written against a policy V that lives in that file's
// unnamed namespace, so that each instantiation stays in its own object file. Nothing here may be a
// plain inline function or use the standard library's templates: the linker would merge the copies
// of differently compiled files. V offers:
//   lanes            doubles in a vector; F, U: vectors of that many double and uint64
//   grey(p)          lanes uint8 to F
//   small(hi, lo)    lanes of uint32 differences below 2^31 to F; wide32(hi, lo): below 2^32
//   le, lt(a, b)     lanes as the low bits of an unsigned
//   root(f)          square root
//   advance(...)     as `advance` below, for as many columns as fit whole vectors; how many it did
//   spread(bits, p)  eight bits, lowest first, to eight bytes of 0 or 1
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
  explicit Niblack(const double* p) : kk(p[0] * __builtin_fabs(p[0])) {}
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
      : rest(1.0 - p[0]), slope((p[0] / p[1]) * __builtin_fabs(p[0] / p[1])) {}
  unsigned operator()(const Local<V>& w) const {
    const F x = w.n * (w.n * w.grey - rest * w.S);
    return V::le(x * Wide<V>::absolute(x), (slope * (w.S * w.S)) * w.D) & V::lt(F{}, w.D);
  }
};

template <class V>
struct Wolf {
  using F = typename V::F;
  double rest, slope, low, share;
  explicit Wolf(const double* p)
      : rest(1.0 - p[0]),
        slope((p[0] / p[1]) * __builtin_fabs(p[0] / p[1])),
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
  explicit Nick(const double* p) : kk(p[0] * __builtin_fabs(p[0])) {}
  unsigned operator()(const Local<V>& w) const {
    const F x = w.n * w.grey - w.S;
    const F power = w.n * (w.n * w.Q) - w.S * w.S;
    return V::le(w.n * (x * Wide<V>::absolute(x)), kk * power) & V::lt(F{}, w.D);
  }
};

template <class V>
struct Phansalkar {
  using F = typename V::F;
  double rest, slope, p, q;
  explicit Phansalkar(const double* s)
      : rest(1.0 - s[0]),
        slope((s[0] / s[1]) * __builtin_fabs(s[0] / s[1])),
        p(s[2]),
        q(-s[3] / 255.0) {}
  unsigned operator()(const Local<V>& w) const {
    const F dark = exponential<V>(q * (w.S / w.n));
    const F x = w.n * (w.n * w.grey - (rest + p * dark) * w.S);
    return V::le(x * Wide<V>::absolute(x), (slope * (w.S * w.S)) * w.D) & V::lt(F{}, w.D);
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
      : rest(1.0 - p[0]), slope((p[0] / p[1]) * __builtin_fabs(p[0] / p[1])) {}
  unsigned operator()(const Local<V>& w) const {
    const F both = w.n * w.plane + w.S;
    const F x = w.n * ((2.0 * w.n) * w.grey - rest * both);
    return V::le(x * Wide<V>::absolute(x), (slope * (both * both)) * w.D) & V::lt(F{}, w.D);
  }
};

// How sums are held: 32-bit columns or 64; 32-bit prefix sums or 64; D in double, or modulo 2^64,
// or in 128 bits.
struct Narrow {
  using Column = std::uint32_t;
  using Prefix = std::uint32_t;
};
struct Broad {
  using Column = std::uint32_t;
  using Prefix = std::uint64_t;
};
struct Vast {
  using Column = std::uint64_t;
  using Prefix = std::uint64_t;
};

template <class V, class Held>
class Sums {
 public:
  using F = typename V::F;
  using U = typename V::U;
  using W = Wide<V>;
  using Column = typename Held::Column;
  using Prefix = typename Held::Prefix;
  static constexpr std::int64_t kPad = 64;

  // Column sums over the window of row y0, less the row that row(y0) will add.
  Sums(const Page& page, std::int64_t radius, std::int64_t y0, unsigned char* scratch)
      : page_(page), radius_(radius), side_(radius < page.width ? radius : page.width - 1) {
    const std::int64_t w = page.width;
    counts_ = carve<double>(scratch, w + kPad);
    column_ = carve<Column>(scratch, w + kPad);
    column2_ = carve<Column>(scratch, w + kPad);
    prefix_ = carve<Prefix>(scratch, w + 2 * side_ + kPad) + side_;
    prefix2_ = carve<Prefix>(scratch, w + 2 * side_ + kPad) + side_;
    none_ = carve<std::uint8_t>(scratch, w + kPad);
    grey_ = carve<std::uint8_t>(scratch, w + kPad);
    plane_ = carve<std::uint8_t>(scratch, w + kPad);
    bits_ = carve<std::uint8_t>(scratch, w / 8 + kPad);
    std::memset(column_, 0, sizeof(Column) * (w + kPad));
    std::memset(column2_, 0, sizeof(Column) * (w + kPad));
    std::memset(prefix_ - side_, 0, sizeof(Prefix) * (w + 2 * side_ + kPad));
    std::memset(prefix2_ - side_, 0, sizeof(Prefix) * (w + 2 * side_ + kPad));
    std::memset(none_, 0, w + kPad);
    std::memset(grey_, 0, w + kPad);
    std::memset(plane_, 0, w + kPad);
    for (std::int64_t x = 0; x < w + kPad; ++x) {
      const std::int64_t left = x > radius_ ? x - radius_ : 0;
      const std::int64_t right = x + radius_ < w ? x + radius_ + 1 : w;
      counts_[x] = x < w ? static_cast<double>(right - left) : 1.0;
    }
    top_ = y0 > radius_ ? y0 - radius_ : 0;
    bottom_ = top_;
    const std::int64_t last = y0 + radius_ < page.height ? y0 + radius_ : page.height;
    for (; bottom_ < last; ++bottom_) {
      const std::uint8_t* row = page.gray + bottom_ * w;
      for (std::int64_t x = 0; x < w; ++x) {
        const Column g = row[x];
        column_[x] += g;
        column2_[x] += g * g;
      }
    }
  }

  // Move to row y; rows are asked for in order.
  void row(std::int64_t y) {
    const std::int64_t w = page_.width;
    const std::uint8_t* enters = none_;
    const std::uint8_t* leaves = none_;
    if (y + radius_ < page_.height) enters = page_.gray + bottom_++ * w;
    if (y - radius_ > top_) leaves = page_.gray + top_++ * w;
    advance(enters, leaves);
    for (std::int64_t i = 1; i < side_ + kPad / 2; ++i) prefix_[w + i] = prefix_[w];
    for (std::int64_t i = 1; i < side_ + kPad / 2; ++i) prefix2_[w + i] = prefix2_[w];
    rows_ = static_cast<double>(bottom_ - top_);
    std::memcpy(grey_, page_.gray + y * w, w);
  }

  void plane_row(const std::uint8_t* plane) { std::memcpy(plane_, plane, page_.width); }

  // The sums at columns x..x+lanes-1; lanes beyond the page hold something finite.
  Local<V> at(std::int64_t x) const {
    Local<V> w;
    w.grey = V::grey(grey_ + x);
    w.plane = V::grey(plane_ + x);
    w.n = W::template load<F>(counts_ + x) * rows_;
    const Prefix* high = prefix_ + x + side_ + 1;
    const Prefix* low = prefix_ + x - side_;
    const Prefix* high2 = prefix2_ + x + side_ + 1;
    const Prefix* low2 = prefix2_ + x - side_;
    if constexpr (sizeof(Prefix) == 4) {
      w.S = V::small(high, low);
      w.Q = V::wide32(high2, low2);
      w.D = w.n * w.Q - w.S * w.S;
    } else {
      const U s = W::template load<U>(high) - W::template load<U>(low);
      const U q = W::template load<U>(high2) - W::template load<U>(low2);
      const U n = W::whole(w.n);
      w.S = W::below52(s);
      w.Q = W::below52(q);
      if constexpr (sizeof(Column) == 8) {
        double d[V::lanes];
        for (int i = 0; i < V::lanes; ++i) {
          using Big = unsigned __int128;
          d[i] = static_cast<double>(static_cast<Big>(n[i]) * q[i] - static_cast<Big>(s[i]) * s[i]);
        }
        w.D = W::template load<F>(d);
      } else {
        w.D = W::any(n * q - s * s);
      }
    }
    return w;
  }

  double rows() const { return rows_; }
  const double* counts() const { return counts_; }
  std::uint8_t* bits() { return bits_; }

 private:
  // Add one row to the column sums and take one from them; prefix[x + 1] = columns 0..x.
  void advance(const std::uint8_t* enters, const std::uint8_t* leaves) {
    const std::int64_t w = page_.width;
    std::int64_t x =
        V::advance(enters, leaves, column_, column2_, prefix_ + 1, prefix2_ + 1, w);
    for (; x < w; ++x) {
      const Column a = enters[x], b = leaves[x];
      prefix_[x + 1] = prefix_[x] + (column_[x] += a - b);
      prefix2_[x + 1] = prefix2_[x] + (column2_[x] += a * a - b * b);
    }
  }

  template <class T>
  static T* carve(unsigned char*& from, std::int64_t count) {
    const auto at = (reinterpret_cast<std::uintptr_t>(from) + 63) & ~std::uintptr_t{63};
    from = reinterpret_cast<unsigned char*>(at) + sizeof(T) * count;
    return reinterpret_cast<T*>(at);
  }

  const Page page_;
  const std::int64_t radius_, side_;
  double* counts_;
  Column *column_, *column2_;
  Prefix *prefix_, *prefix2_;
  std::uint8_t *none_, *grey_, *plane_, *bits_;
  std::int64_t top_ = 0, bottom_ = 0;
  double rows_ = 0;
};

// Eight bits a byte, lowest first, to a row of ink.
template <class V>
void finish(const std::uint8_t* bits, std::int64_t width, std::int64_t y, const Ink& ink) {
  std::uint8_t* out = ink.data + y * ink.stride;
  if (ink.packed) {
    for (std::int64_t i = 0; i < ink.stride; ++i) {
      std::uint8_t b = bits[i];
      if (8 * i + 8 > width) b &= static_cast<std::uint8_t>((1u << (width - 8 * i)) - 1);
      b = static_cast<std::uint8_t>((b & 0xf0) >> 4 | (b & 0x0f) << 4);
      b = static_cast<std::uint8_t>((b & 0xcc) >> 2 | (b & 0x33) << 2);
      out[i] = static_cast<std::uint8_t>((b & 0xaa) >> 1 | (b & 0x55) << 1);
    }
    return;
  }
  std::int64_t x = 0;
  for (; x + 8 <= width; x += 8) V::spread(bits[x / 8], out + x);
  for (; x < width; ++x) out[x] = bits[x / 8] >> (x % 8) & 1;
}

template <class V, class Held, class Decide>
void decide_rows(const Page& page, std::int64_t radius, const Decide& decide,
                 const std::uint8_t* plane, const Ink& ink, std::int64_t y0, std::int64_t y1,
                 unsigned char* scratch) {
  Sums<V, Held> sums(page, radius, y0, scratch);
  for (std::int64_t y = y0; y < y1; ++y) {
    sums.row(y);
    if (plane != nullptr) sums.plane_row(plane + y * page.width);
    std::uint8_t* bits = sums.bits();
    for (std::int64_t x = 0; x < page.width; x += 8) {
      unsigned byte = 0;
      for (int i = 0; i < 8; i += V::lanes) byte |= decide(sums.at(x + i)) << i;
      bits[x / 8] = static_cast<std::uint8_t>(byte);
    }
    finish<V>(bits, page.width, y, ink);
  }
}

template <class V, class Held>
void threshold_rows(const Page& page, std::int64_t radius, const Rule& rule, const Ink& ink,
                    std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  auto run = [&](const auto& decide) {
    decide_rows<V, Held>(page, radius, decide, rule.plane, ink, y0, y1, scratch);
  };
  switch (rule.formula) {
    case Formula::niblack: return run(Niblack<V>(rule.p));
    case Formula::sauvola: return run(Sauvola<V>(rule.p));
    case Formula::wolf: return run(Wolf<V>(rule.p));
    case Formula::nick: return run(Nick<V>(rule.p));
    case Formula::phansalkar: return run(Phansalkar<V>(rule.p));
    case Formula::singh: return run(Singh<V>(rule.p));
    case Formula::bradley: return run(Bradley<V>(rule.p));
    case Formula::wan: return run(Wan<V>(rule.p));
  }
}

template <class V, class Held>
void moments_rows(const Page& page, std::int64_t radius, float* mean, float* deviation,
                  std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  Sums<V, Held> sums(page, radius, y0, scratch);
  for (std::int64_t y = y0; y < y1; ++y) {
    sums.row(y);
    for (std::int64_t x = 0; x < page.width; x += V::lanes) {
      const Local<V> w = sums.at(x);
      const typename V::F m = w.S / w.n;
      const typename V::F s = V::root(w.D) / w.n;
      for (int i = 0; i < V::lanes && x + i < page.width; ++i) {
        mean[y * page.width + x + i] = static_cast<float>(m[i]);
        deviation[y * page.width + x + i] = static_cast<float>(s[i]);
      }
    }
  }
}

// max of D / n^2, as (D (1 / rows^2)) (1 / columns^2).
template <class V, class Held>
double max_variance_rows(const Page& page, std::int64_t radius, std::int64_t y0, std::int64_t y1,
                         unsigned char* scratch) {
  using F = typename V::F;
  Sums<V, Held> sums(page, radius, y0, scratch);
  double largest = 0;
  const std::int64_t body = page.width / V::lanes * V::lanes;
  for (std::int64_t y = y0; y < y1; ++y) {
    sums.row(y);
    const double down = 1.0 / (sums.rows() * sums.rows());
    auto variance = [&](std::int64_t x) {
      const F across = Wide<V>::template load<F>(sums.counts() + x);
      return (sums.at(x).D * down) / (across * across);
    };
    F best = F{};
    for (std::int64_t x = 0; x < body; x += V::lanes) {
      const F v = variance(x);
      best = v > best ? v : best;
    }
    for (int i = 0; i < V::lanes; ++i) largest = best[i] > largest ? best[i] : largest;
    if (body < page.width) {
      const F v = variance(body);
      for (int i = 0; i < page.width - body; ++i) largest = v[i] > largest ? v[i] : largest;
    }
  }
  return largest;
}

// Call with the narrowest holding that is exact for this page and radius: see the bounds in
// window.hpp.
template <class V, class Call>
auto held(const Page& page, std::int64_t radius, const Call& call) {
  const std::int64_t side = 2 * radius + 1;
  const std::int64_t rows = side < page.height ? side : page.height;
  const std::int64_t columns = side < page.width ? side : page.width;
  if (rows * columns <= kPixels32) return call(Narrow{});
  if (rows <= kRows32 && rows * columns <= kPixels64) return call(Broad{});
  return call(Vast{});
}

template <class V>
void threshold_on(const Page& page, std::int64_t radius, const Rule& rule, const Ink& ink,
                  std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  held<V>(page, radius, [&](auto holding) {
    threshold_rows<V, decltype(holding)>(page, radius, rule, ink, y0, y1, scratch);
  });
}

template <class V>
void moments_on(const Page& page, std::int64_t radius, float* mean, float* deviation,
                std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  held<V>(page, radius, [&](auto holding) {
    moments_rows<V, decltype(holding)>(page, radius, mean, deviation, y0, y1, scratch);
  });
}

template <class V>
double max_variance_on(const Page& page, std::int64_t radius, std::int64_t y0, std::int64_t y1,
                       unsigned char* scratch) {
  return held<V>(page, radius, [&](auto holding) {
    return max_variance_rows<V, decltype(holding)>(page, radius, y0, y1, scratch);
  });
}

}  // namespace docbin::window
