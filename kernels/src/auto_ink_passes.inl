// The passes themselves, in plain C++ that compilers turn into vectors: each cell includes this in
// an unnamed namespace and compiles it with its own flags. Nothing from the standard library here:
// an inline function compiled for one target must not serve another.

using Index = std::int64_t;
using Byte = std::uint8_t;

inline Index mirrored(Index i, Index n) {
  if (n == 1) return 0;
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * n - 2 - i;
  return i;
}

inline std::int32_t squared_sobel(const Byte* a, const Byte* b, const Byte* c, Index l, Index x,
                                  Index r) {
  const std::int32_t across = (a[r] - a[l]) + 2 * (b[r] - b[l]) + (c[r] - c[l]);
  const std::int32_t down = (c[l] + 2 * c[x] + c[r]) - (a[l] + 2 * a[x] + a[r]);
  return across * across + down * down;
}

Power power_pass(const Plane& page, std::int32_t* power) {
  const Index h = page.height, w = page.width;
  std::int64_t sum = 0, sum_gray = 0;
  for (Index y = 0; y < h; ++y) {
    const Byte* a = page.gray + mirrored(y - 1, h) * w;
    const Byte* b = page.gray + y * w;
    const Byte* c = page.gray + mirrored(y + 1, h) * w;
    std::int32_t* __restrict to = power + y * w;
    to[0] = squared_sobel(a, b, c, mirrored(-1, w), 0, mirrored(1, w));
    for (Index x = 1; x < w - 1; ++x) to[x] = squared_sobel(a, b, c, x - 1, x, x + 1);
    to[w - 1] = squared_sobel(a, b, c, mirrored(w - 2, w), w - 1, mirrored(w, w));
    for (Index x = 0; x < w; ++x) {
      sum += to[x];
      sum_gray += to[x] * b[x];
    }
  }
  return {static_cast<double>(sum), static_cast<double>(sum_gray)};
}

// Two quantities in two windows: sums down the columns, and along the row of these.
struct Sums {
  double* down[2][2];   // [window][quantity]
  double* along[2][2];  // along[x + side] - along[x] is the window's sum around column x
  Index side[2];

  Sums(Index w, Index first, Index second, double* scratch) : side{first, second} {
    for (int k = 0; k < 2; ++k)
      for (int i = 0; i < 2; ++i) {
        down[k][i] = scratch;
        along[k][i] = scratch + w;
        for (Index x = 0; x < w; ++x) scratch[x] = 0;
        scratch += 2 * w + side[k] + 1;
      }
  }

  void add_along(Index w) {
    double sum[2][2];
    for (int k = 0; k < 2; ++k)
      for (int i = 0; i < 2; ++i) {
        double s = 0, *out = along[k][i];
        *out = 0;
        for (Index x = -(side[k] / 2); x < 0; ++x) *++out = s += down[k][i][mirrored(x, w)];
        sum[k][i] = s;
      }
    {  // all four at once: each waits for its own sum only
      const double *a = down[0][0], *b = down[0][1], *c = down[1][0], *d = down[1][1];
      double* __restrict A = along[0][0] + side[0] / 2 + 1;
      double* __restrict B = along[0][1] + side[0] / 2 + 1;
      double* __restrict C = along[1][0] + side[1] / 2 + 1;
      double* __restrict D = along[1][1] + side[1] / 2 + 1;
      double s = sum[0][0], t = sum[0][1], u = sum[1][0], v = sum[1][1];
      for (Index x = 0; x < w; ++x) {
        A[x] = s += a[x];
        B[x] = t += b[x];
        C[x] = u += c[x];
        D[x] = v += d[x];
      }
      sum[0][0] = s, sum[0][1] = t, sum[1][0] = u, sum[1][1] = v;
    }
    for (int k = 0; k < 2; ++k)
      for (int i = 0; i < 2; ++i) {
        double s = sum[k][i], *out = along[k][i] + side[k] / 2 + w;
        for (Index x = w; x < w + side[k] / 2; ++x) *++out = s += down[k][i][mirrored(x, w)];
      }
  }
};

// Goes down the page with both windows. add(y, sign, first, second) adds sign times the two
// quantities of row y to the sums down the columns; use(y) finds the sums of both windows.
template <class Add, class Use>
void two_windows(const Plane& page, Sums& sums, const Add& add, const Use& use) {
  const Index h = page.height;
  for (int k = 0; k < 2; ++k)
    for (Index y = -(sums.side[k] / 2); y < sums.side[k] / 2; ++y)
      add(mirrored(y, h), 1, sums.down[k][0], sums.down[k][1]);
  for (Index y = 0; y < h; ++y) {
    for (int k = 0; k < 2; ++k)
      add(mirrored(y + sums.side[k] / 2, h), 1, sums.down[k][0], sums.down[k][1]);
    sums.add_along(page.width);
    use(y);
    for (int k = 0; k < 2; ++k)
      add(mirrored(y - sums.side[k] / 2, h), -1, sums.down[k][0], sums.down[k][1]);
  }
}

void edge_pass(const Plane& page, const std::int32_t* power, const EdgeWindow windows[2],
               double mean, Byte* wide, Byte* near, double* scratch) {
  const Index w = page.width, side0 = windows[0].side, side1 = windows[1].side;
  const double calm0 = static_cast<double>(side0 * side0) * windows[0].calm, drawn0 = calm0 * mean;
  const double calm1 = static_cast<double>(side1 * side1) * windows[1].calm, drawn1 = calm1 * mean;
  Sums sums(w, side0, side1, scratch);
  two_windows(
      page, sums,
      [&](Index y, std::int32_t sign, double* __restrict weight, double* __restrict weighted) {
        const std::int32_t* __restrict from = power + y * w;
        const Byte* __restrict gray = page.gray + y * w;
        for (Index x = 0; x < w; ++x) {
          weight[x] += sign * from[x];
          weighted[x] += sign * from[x] * gray[x];
        }
      },
      [&](Index y) {
        const double *S0 = sums.along[0][0], *T0 = sums.along[0][1];
        const double *S1 = sums.along[1][0], *T1 = sums.along[1][1];
        const Byte* __restrict gray = page.gray + y * w;
        Byte* __restrict to = wide + y * w;
        Byte* __restrict to_near = near + y * w;
        for (Index x = 0; x < w; ++x) {
          const double g = gray[x];
          const bool in = g * (S0[x + side0] - S0[x] + calm0) <= T0[x + side0] - T0[x] + drawn0;
          const bool by = g * (S1[x + side1] - S1[x] + calm1) <= T1[x + side1] - T1[x] + drawn1;
          to[x] = in;
          to_near[x] = by & !in;
        }
      });
}

struct Share {  // of a window: its pixels times its trust
  double q;
  explicit Share(const Trust& window)
      : q(static_cast<double>(window.side * window.side) * window.trust) {}
};

// (S1 + q1 (S2 + q2 m) / (N2 + q2)) / (N1 + q1), divided once.
inline double trusted(double S1, double N1, double q1, double S2, double N2, double q2m,
                      double q2) {
  const double D = N2 + q2;
  return (S1 * D + q1 * (S2 + q2m)) / ((N1 + q1) * D);
}

void depth_pass(const Plane& page, const Depth& wanted, double* scratch) {
  const Index h = page.height, w = page.width;
  std::int64_t seen = 0, number = 0, inked = 0;
  for (Index i = 0; i < h * w; ++i) {
    seen += page.gray[i] * wanted.bare[i];
    number += wanted.bare[i];
    inked += wanted.ink[i];
  }
  const double b = static_cast<double>(seen) / static_cast<double>(number > 0 ? number : 1);
  constexpr double round16 = 103079215104.0;  // 1.5 * 2^36: adding it rounds to 2^-16
  double all = 0;
  {
    const Index side0 = wanted.paper[0].side, side1 = wanted.paper[1].side;
    const double q0 = Share(wanted.paper[0]).q, q1 = Share(wanted.paper[1]).q, q1b = q1 * b;
    Sums s(w, side0, side1, scratch);
    two_windows(
        page, s,
        [&](Index y, std::int32_t sign, double* __restrict count, double* __restrict value) {
          const Byte* __restrict bare = wanted.bare + y * w;
          const Byte* __restrict gray = page.gray + y * w;
          for (Index x = 0; x < w; ++x) {
            count[x] += sign * bare[x];
            value[x] += sign * (bare[x] * gray[x]);
          }
        },
        [&](Index y) {
          const double *N0 = s.along[0][0], *S0 = s.along[0][1];
          const double *N1 = s.along[1][0], *S1 = s.along[1][1];
          float* __restrict to = wanted.background + y * w;
          for (Index x = 0; x < w; ++x) {
            const double B =
                trusted(S0[x + side0] - S0[x], N0[x + side0] - N0[x], q0, S1[x + side1] - S1[x],
                        N1[x + side1] - N1[x], q1b, q1);
            to[x] = static_cast<float>((B + round16) - round16);
          }
          const Byte* __restrict ink = wanted.ink + y * w;
          const Byte* __restrict gray = page.gray + y * w;
          for (Index x = 0; x < w; ++x) all += ink[x] * (static_cast<double>(to[x]) - gray[x]);
        });
  }
  const double m = all / static_cast<double>(inked > 0 ? inked : 1);
  const Index side0 = wanted.depth[0].side, side1 = wanted.depth[1].side;
  const double q0 = Share(wanted.depth[0]).q, q1 = Share(wanted.depth[1]).q, q1m = q1 * m;
  Sums s(w, side0, side1, scratch);
  two_windows(
      page, s,
      [&](Index y, std::int32_t sign, double* __restrict count, double* __restrict value) {
        const Byte* __restrict ink = wanted.ink + y * w;
        const Byte* __restrict gray = page.gray + y * w;
        const float* __restrict paper = wanted.background + y * w;
        for (Index x = 0; x < w; ++x) {
          const double signed_ink = sign * ink[x];
          count[x] += signed_ink;
          value[x] += signed_ink * (static_cast<double>(paper[x]) - gray[x]);
        }
      },
      [&](Index y) {
        const double *N0 = s.along[0][0], *S0 = s.along[0][1];
        const double *N1 = s.along[1][0], *S1 = s.along[1][1];
        const float* __restrict paper = wanted.background + y * w;
        Byte* __restrict level = wanted.level + y * w;
        float* below = wanted.below == nullptr ? nullptr : wanted.below + y * w;
        for (Index x = 0; x < w; ++x) {
          double I =
              trusted(S0[x + side0] - S0[x], N0[x + side0] - N0[x], q0, S1[x + side1] - S1[x],
                      N1[x + side1] - N1[x], q1m, q1);
          I = I > 1.0 ? I : 1.0;
          double t = static_cast<double>(paper[x]) - wanted.share * I;
          t = t > 0.0 ? t : 0.0;
          const std::int32_t whole = static_cast<std::int32_t>(t < 255.0 ? t : 255.0);
          level[x] = static_cast<Byte>(whole + (whole < t && whole < 255));
          if (below != nullptr) below[x] = static_cast<float>(I);
        }
      });
}
