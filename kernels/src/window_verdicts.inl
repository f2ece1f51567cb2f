// The rules of window_rules.hpp in single precision, with a bound on what they may be wrong by; see
// window_quick.inl, which includes this.
//
// A rule gives a gap: ink where it is below 0, paper where it is above, as far as |gap| > flat, a
// constant of the rule.
//
// Bounds. With e = 2^-24, the mean m = S/n <= 255 is wrong by at most 2.1 e m, the variance
// v = Q/n - m^2 <= 127.5^2 by 65025 * 7.1 e + v e < 2^-5. For u, a sum of products of absolute
// value at most U in all, 8 e U. So the gap u|u| - B, B = slope y^2 v with |y| <= Y, is wrong by at
// most 2 |u| 8 e U + (8 e U)^2 on the left and |slope| Y^2 e (474,200 + 14 * 16,300) <
// |slope| Y^2 / 16 = E on the right: by slant |u| + level, here with slant = 32 e U, twice what it
// need be, and level = E + 64 e^2 U^2. Where |u| is large the gap is as well: with
// R^2 = 16,300 |slope| Y^2 (nick: 65,100 k^2) + level + slant U, a gap is above slant |u| + level wherever it is above
// flat = slant R + level. For |u| <= R that is plain; beyond, u^2 - |B| - slant |u| - level grows
// with |u|, and at R it is slant (U - R) or more, which is not below 0, since |u| <= U.
// What the twin's double precision is wrong by is far below what these leave.
//
// Contrast. The rules also ask for D > 0. Where D is 0 every pixel of the window is g = m and B is
// 0 or, for nick, k|k| m^2 (1 - 1/n); so with a k that lowers the threshold the gap is not below 0,
// or in doubt, and there is nothing to ask; see `even`.

constexpr double kUnit = 1.0 / (1 << 24);
constexpr float kVariance = 0.0625f;  // a variance above is not 0
constexpr float kFar = 3e38f;

inline Reals fill(float value) { return _mm256_set1_ps(value); }
inline Reals absolute(Reals v) { return _mm256_andnot_ps(fill(-0.0f), v); }
inline Reals times_minus(Reals a, Reals b, Reals c) { return _mm256_fmsub_ps(a, b, c); }
inline Reals less_times(Reals c, Reals a, Reals b) { return _mm256_fnmadd_ps(a, b, c); }

// What a rule looks at, eight pixels: vector p of a block.
struct Seen {
  Reals grey, plane, inverse, mean, square, variance;  // inverse: 1 / n; square: Q / n
  Seen(const Block& block, const float* inverses, int p) {
    inverse = _mm256_loadu_ps(inverses + 8 * p);
    mean = _mm256_cvtepi32_ps(block.S[p]) * inverse;
    const Reals Q = _mm256_cvtepi32_ps(block.Q[p]);
    square = Q * inverse;
    variance = times_minus(Q, inverse, mean * mean);
  }
};

inline double magnitude(double v) { return __builtin_fabs(v); }
inline double signed_square(double v) { return v * magnitude(v); }

struct Rooted {  // u|u| <= B: of |u| <= U, slope Y^2, and the most that v can be
  static constexpr bool kPlane = false, kSquares = true;
  float flat;
  bool even;  // whether a window of one grey value could pass for ink
  Rooted(double U, double slope, bool raises, double most = 16300) : even(raises) {
    const double slant = 32 * kUnit * U, level = slope / 16 + 64 * kUnit * kUnit * U * U;
    const double reach = __builtin_sqrt(most * slope + level + slant * U);
    flat = static_cast<float>(1.001 * (slant * reach + level));
  }
  static Reals compare(Reals u, Reals B) { return times_minus(u, absolute(u), B); }
};

struct QuickNiblack : Rooted {
  float kk;
  explicit QuickNiblack(const double* p)
      : Rooted(510, p[0] * p[0], p[0] > 0), kk(static_cast<float>(signed_square(p[0]))) {}
  Reals operator()(const Seen& s) const {
    return compare(s.grey - s.mean, fill(kk) * s.variance);
  }
};

struct QuickSauvola : Rooted {
  float rest, slope;
  explicit QuickSauvola(const double* p)
      : Rooted(255 * (1 + magnitude(1 - p[0])), magnitude(signed_square(p[0] / p[1])) * 65025,
               p[0] < 0),
        rest(static_cast<float>(1 - p[0])),
        slope(static_cast<float>(signed_square(p[0] / p[1]))) {}
  Reals operator()(const Seen& s) const {
    return compare(less_times(s.grey, fill(rest), s.mean),
                   fill(slope) * (s.mean * s.mean) * s.variance);
  }
};

struct QuickWolf : Rooted {
  float rest, slope, low, share;
  static double reach(double low) { return (255 + magnitude(low)) * (255 + magnitude(low)); }
  explicit QuickWolf(const double* p)
      : Rooted(255 * (1 + magnitude(1 - p[0])) + magnitude(p[0] * p[2]),
               magnitude(signed_square(p[0] / p[1])) * reach(p[2]), true),
        rest(static_cast<float>(1 - p[0])),
        slope(static_cast<float>(signed_square(p[0] / p[1]))),
        low(static_cast<float>(p[2])),
        share(static_cast<float>(p[0] * p[2])) {}
  Reals operator()(const Seen& s) const {
    const Reals y = s.mean - fill(low);
    return compare(less_times(s.grey - fill(share), fill(rest), s.mean),
                   fill(slope) * (y * y) * s.variance);
  }
};

struct QuickNick : Rooted {
  float kk;
  explicit QuickNick(const double* p)
      : Rooted(510, p[0] * p[0], p[0] > 0, 65100), kk(static_cast<float>(signed_square(p[0]))) {}
  Reals operator()(const Seen& s) const {
    const Reals power = less_times(s.square, s.mean * s.mean, s.inverse);
    return compare(s.grey - s.mean, fill(kk) * power);
  }
};

struct QuickWan : Rooted {
  static constexpr bool kPlane = true;
  float rest, slope;
  explicit QuickWan(const double* p)
      : Rooted(510 * (1 + magnitude(1 - p[0])),
               magnitude(signed_square(p[0] / p[1])) * 260100, true),
        rest(static_cast<float>(1 - p[0])),
        slope(static_cast<float>(signed_square(p[0] / p[1]))) {}
  Reals operator()(const Seen& s) const {
    const Reals both = s.plane + s.mean;
    return compare(less_times(s.grey + s.grey, fill(rest), both),
                   fill(slope) * (both * both) * s.variance);
  }
};

struct QuickSingh {  // (g - (1 - k) m) (255 - d) <= k m d, both sides below 510 U and 65025 |k|
  static constexpr bool kPlane = false, kSquares = true;
  float k, rest, flat;
  std::int32_t kept;  // the bits of g - m that make d
  bool even;
  explicit QuickSingh(const double* p)
      : k(static_cast<float>(p[0])),
        rest(static_cast<float>(1 - p[0])),
        flat(static_cast<float>(
            24 * kUnit * (510 * 255 * (1 + magnitude(1 - p[0])) + 65025 * magnitude(p[0])))),
        kept(p[1] != 0.0 ? 0x7fffffff : -1),
        even(p[0] < 0) {}
  Reals operator()(const Seen& s) const {
    const Reals d = _mm256_and_ps(s.grey - s.mean, _mm256_castsi256_ps(_mm256_set1_epi32(kept)));
    const Reals left = less_times(s.grey, fill(rest), s.mean) * (fill(255.0f) - d);
    return less_times(left, fill(k), s.mean * d);
  }
};

struct QuickBradley {  // asks for S > 0, not for contrast
  static constexpr bool kPlane = false, kSquares = false;
  float rest, flat;
  bool even = false;
  explicit QuickBradley(const double* p)
      : rest(static_cast<float>(1 - p[0])),
        flat(static_cast<float>(8 * kUnit * 255 * (1 + magnitude(1 - p[0])))) {}
  Reals operator()(const Seen& s) const { return less_times(s.grey, fill(rest), s.mean); }
};
