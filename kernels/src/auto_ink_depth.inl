// paper_depth of auto_ink.hpp; what is said in local_sums.inl, which is included before, holds here.

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

using Counts = Sums<std::int32_t, std::uint32_t>;

// The wrapped sums of counts: their difference is what it is.
inline double counted(const std::uint32_t* along, Index x, Index side) {
  return static_cast<double>(static_cast<std::int32_t>(along[x + side] - along[x]));
}

double paper_pass(const Plane& page, const Depth& wanted, const Byte* bare, double* scratch) {
  const Index h = page.height, w = page.width;
  std::int64_t seen = 0, number = 0;
  for (Index y = 0; y < h; ++y) {
    std::int32_t row = 0, found = 0;
    for (Index x = y * w; x < y * w + w; ++x) {
      row += page.gray[x] * bare[x];
      found += bare[x];
    }
    seen += row;
    number += found;
  }
  const double b = static_cast<double>(seen) / static_cast<double>(number > 0 ? number : 1);
  const Index side0 = wanted.paper[0].side, side1 = wanted.paper[1].side;
  const double q0 = Share(wanted.paper[0]).q, q1 = Share(wanted.paper[1]).q, q1b = q1 * b;
  Counts N0(w, side0, scratch), N1(w, side1, scratch);
  Counts S0(w, side0, scratch), S1(w, side1, scratch);
  const auto move = [&](Counts& N, Counts& S) {
    return [&, numbers = N.down, sums = S.down](Index in, Index out) {
      std::int32_t* __restrict count = numbers;
      std::int32_t* __restrict value = sums;
      const Byte* __restrict m = bare + in * w;
      const Byte* __restrict g = page.gray + in * w;
      if (out < 0) {
        for (Index x = 0; x < w; ++x) {
          count[x] += m[x];
          value[x] += m[x] * g[x];
        }
      } else {
        const Byte* __restrict n = bare + out * w;
        const Byte* __restrict f = page.gray + out * w;
        for (Index x = 0; x < w; ++x) {
          count[x] += m[x] - n[x];
          value[x] += m[x] * g[x] - n[x] * f[x];
        }
      }
    };
  };
  std::int64_t below = 0, inked = 0;
  for (Index y = 0; y < h; ++y) {
    go_down(h, side0, y, move(N0, S0));
    go_down(h, side1, y, move(N1, S1));
    add_along(w, N0, S0, N1, S1);
    const std::uint32_t *n0 = N0.along, *s0 = S0.along, *n1 = N1.along, *s1 = S1.along;
    std::int32_t* __restrict paper = wanted.background + y * w;
    for (Index x = 0; x < w; ++x)
      paper[x] = static_cast<std::int32_t>(
          trusted(counted(s0, x, side0), counted(n0, x, side0), q0, counted(s1, x, side1),
                  counted(n1, x, side1), q1b, q1) * kSteps + 0.5);
    const Byte* __restrict ink = wanted.ink + y * w;
    const Byte* __restrict gray = page.gray + y * w;
    for (Index x = 0; x < w; ++x) {
      below += ink[x] * (paper[x] - kSteps * gray[x]);
      inked += ink[x];
    }
  }
  return static_cast<double>(below) / static_cast<double>(inked > 0 ? inked : 1);
}

void depth_pass(const Plane& page, const Depth& wanted, const Byte* bare, double* scratch) {
  const double m = paper_pass(page, wanted, bare, scratch);
  const Index h = page.height, w = page.width;
  const Index side0 = wanted.depth[0].side, side1 = wanted.depth[1].side;
  const double q0 = Share(wanted.depth[0]).q, q1 = Share(wanted.depth[1]).q, q1m = q1 * m;
  using Values = Sums<std::int32_t, double>;
  Counts N0(w, side0, scratch), N1(w, side1, scratch);
  Values S0(w, side0, scratch), S1(w, side1, scratch);
  double* const __restrict depth = scratch;
  const double share = wanted.share;
  const auto move = [&](Counts& N, Values& S) {
    return [&, numbers = N.down, sums = S.down](Index in, Index out) {
      std::int32_t* __restrict count = numbers;
      std::int32_t* __restrict value = sums;
      const Byte* __restrict m = wanted.ink + in * w;
      const Byte* __restrict g = page.gray + in * w;
      const std::int32_t* __restrict b = wanted.background + in * w;
      if (out < 0) {
        for (Index x = 0; x < w; ++x) {
          count[x] += m[x];
          value[x] += m[x] * (b[x] - kSteps * g[x]);
        }
      } else {
        const Byte* __restrict n = wanted.ink + out * w;
        const Byte* __restrict f = page.gray + out * w;
        const std::int32_t* __restrict a = wanted.background + out * w;
        for (Index x = 0; x < w; ++x) count[x] += m[x] - n[x];
        for (Index x = 0; x < w; ++x) value[x] += m[x] * (b[x] - kSteps * g[x]);
        for (Index x = 0; x < w; ++x) value[x] -= n[x] * (a[x] - kSteps * f[x]);
      }
    };
  };
  for (Index y = 0; y < h; ++y) {
    go_down(h, side0, y, move(N0, S0));
    go_down(h, side1, y, move(N1, S1));
    add_along(w, N0, N1, S0, S1);
    const std::uint32_t *n0 = N0.along, *n1 = N1.along;
    const double *s0 = S0.along, *s1 = S1.along;
    const std::int32_t* __restrict paper = wanted.background + y * w;
    Byte* __restrict level = wanted.level + y * w;
    for (Index x = 0; x < w; ++x) {
      const double I = trusted(s0[x + side0] - s0[x], counted(n0, x, side0), q0,
                               s1[x + side1] - s1[x], counted(n1, x, side1), q1m, q1);
      depth[x] = I > kSteps ? I : kSteps;
    }
    for (Index x = 0; x < w; ++x) {
      double t = (paper[x] - share * depth[x]) * (1.0 / kSteps);
      t = t > 0.0 ? t : 0.0;
      level[x] = static_cast<Byte>(255 - static_cast<std::int32_t>(255.0 - t));
    }
    if (wanted.below != nullptr)
      for (Index x = 0; x < w; ++x)
        wanted.below[y * w + x] = static_cast<float>(depth[x] * (1.0 / kSteps));
  }
}
