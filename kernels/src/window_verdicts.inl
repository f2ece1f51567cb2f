// The rules of window_sums.hpp in single precision, with a bound on what they may be wrong by; see
// window_quick.inl, which includes this.
//
// Bounds. With e = 2^-24, the mean m = S/n <= 255 is wrong by at most 2.1 e m, the variance
// v = Q/n - m^2 <= 127.5^2 by 65025 * 7.1 e + v e < 2^-5. For u, a sum of products of absolute
// value at most U in all, 8 e U. So u|u| <= slope y^2 v with |y| <= Y is wrong by at most
// 2 |u| 8 e U + (8 e U)^2 on the left and |slope| Y^2 e (474,200 + 14 * 16,300) < |slope| Y^2 / 16
// on the right. What the twin's double precision is wrong by is far below what these leave.

constexpr double kUnit = 1.0 / (1 << 24);
constexpr float kVariance = 0.0625f;  // a variance above is not 0

// Ink where gap <= 0, as far as |gap| > doubt.
struct Verdict {
  Reals gap, doubt;
};

struct Rooted {  // u|u| <= B
  float slant, flat;
  Rooted(double U, double B)
      : slant(static_cast<float>(32 * kUnit * U)),
        flat(static_cast<float>(B / 16 + 64 * kUnit * kUnit * U * U)) {}
  Verdict compare(Reals u, Reals B) const {
    const Reals size = absolute(u);
    return {times_minus(u, size, B), times_plus(fill(slant), size, fill(flat))};
  }
};

inline double magnitude(double v) { return __builtin_fabs(v); }
inline double signed_square(double v) { return v * magnitude(v); }

struct QuickNiblack : Rooted {
  float kk;
  explicit QuickNiblack(const double* p)
      : Rooted(510, p[0] * p[0]), kk(static_cast<float>(signed_square(p[0]))) {}
  Verdict operator()(const Seen& s) const {
    return compare(s.grey - s.mean, fill(kk) * s.variance);
  }
};

struct QuickSauvola : Rooted {
  float rest, slope;
  explicit QuickSauvola(const double* p)
      : Rooted(255 * (1 + magnitude(1 - p[0])), magnitude(signed_square(p[0] / p[1])) * 65025),
        rest(static_cast<float>(1 - p[0])),
        slope(static_cast<float>(signed_square(p[0] / p[1]))) {}
  Verdict operator()(const Seen& s) const {
    return compare(less_times(s.grey, fill(rest), s.mean),
                   fill(slope) * (s.mean * s.mean) * s.variance);
  }
};

struct QuickWolf : Rooted {
  float rest, slope, low, share;
  static double reach(double low) { return (255 + magnitude(low)) * (255 + magnitude(low)); }
  explicit QuickWolf(const double* p)
      : Rooted(255 * (1 + magnitude(1 - p[0])) + magnitude(p[0] * p[2]),
               magnitude(signed_square(p[0] / p[1])) * reach(p[2])),
        rest(static_cast<float>(1 - p[0])),
        slope(static_cast<float>(signed_square(p[0] / p[1]))),
        low(static_cast<float>(p[2])),
        share(static_cast<float>(p[0] * p[2])) {}
  Verdict operator()(const Seen& s) const {
    const Reals y = s.mean - fill(low);
    return compare(less_times(s.grey - fill(share), fill(rest), s.mean),
                   fill(slope) * (y * y) * s.variance);
  }
};

struct QuickNick : Rooted {
  float kk;
  explicit QuickNick(const double* p)
      : Rooted(510, p[0] * p[0]), kk(static_cast<float>(signed_square(p[0]))) {}
  Verdict operator()(const Seen& s) const {
    const Reals power = less_times(s.square, s.mean * s.mean, s.inverse);
    return compare(s.grey - s.mean, fill(kk) * power);
  }
};

struct QuickWan : Rooted {
  float rest, slope;
  explicit QuickWan(const double* p)
      : Rooted(510 * (1 + magnitude(1 - p[0])), magnitude(signed_square(p[0] / p[1])) * 260100),
        rest(static_cast<float>(1 - p[0])),
        slope(static_cast<float>(signed_square(p[0] / p[1]))) {}
  Verdict operator()(const Seen& s) const {
    const Reals both = s.plane + s.mean;
    return compare(less_times(s.grey + s.grey, fill(rest), both),
                   fill(slope) * (both * both) * s.variance);
  }
};

struct QuickSingh {  // (g - (1 - k) m) (255 - d) <= k m d, both sides below 510 U and 65025 |k|
  float k, rest, flat;
  bool folded;
  explicit QuickSingh(const double* p)
      : k(static_cast<float>(p[0])),
        rest(static_cast<float>(1 - p[0])),
        flat(static_cast<float>(
            24 * kUnit * (510 * 255 * (1 + magnitude(1 - p[0])) + 65025 * magnitude(p[0])))),
        folded(p[1] != 0.0) {}
  Verdict operator()(const Seen& s) const {
    const Reals off = s.grey - s.mean, d = folded ? absolute(off) : off;
    const Reals left = less_times(s.grey, fill(rest), s.mean) * (fill(255.0f) - d);
    return {left - fill(k) * (s.mean * d), fill(flat)};
  }
};

struct QuickBradley {
  float rest, flat;
  explicit QuickBradley(const double* p)
      : rest(static_cast<float>(1 - p[0])),
        flat(static_cast<float>(8 * kUnit * 255 * (1 + magnitude(1 - p[0])))) {}
  Verdict operator()(const Seen& s) const {
    return {less_times(s.grey, fill(rest), s.mean), fill(flat)};
  }
};

