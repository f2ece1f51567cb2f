// The passes of auto_ink.hpp; what is said in local_sums.inl, which is included before, holds here.

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
  return {static_cast<double>(sum), static_cast<double>(sum_gray), 0, 0};
}

void edge_pass(const Plane& page, const std::int32_t* power, const EdgeWindow windows[2],
               double mean, Byte* wide, Byte* near, double* scratch) {
  const Index h = page.height, w = page.width, side0 = windows[0].side, side1 = windows[1].side;
  const double calm0 = static_cast<double>(side0 * side0) * windows[0].calm, drawn0 = calm0 * mean;
  const double calm1 = static_cast<double>(side1 * side1) * windows[1].calm, drawn1 = calm1 * mean;
  Sums<std::int32_t, double> S0(w, side0, scratch), S1(w, side1, scratch);
  Sums<double, double> T0(w, side0, scratch), T1(w, side1, scratch);
  std::int32_t* const __restrict in = reinterpret_cast<std::int32_t*>(scratch);
  std::int32_t* const __restrict by = in + w;
  const auto move = [&](Sums<std::int32_t, double>& S, Sums<double, double>& T) {
    return [&, weight = S.down, weighted = T.down](Index in, Index out) {
      std::int32_t* __restrict to = weight;
      double* __restrict to_gray = weighted;
      const std::int32_t* __restrict W = power + in * w;
      const Byte* __restrict g = page.gray + in * w;
      if (out < 0) {
        for (Index x = 0; x < w; ++x) {
          to[x] += W[x];
          to_gray[x] += W[x] * g[x];
        }
      } else {
        const std::int32_t* __restrict V = power + out * w;
        const Byte* __restrict f = page.gray + out * w;
        for (Index x = 0; x < w; ++x) {
          to[x] += W[x] - V[x];
          to_gray[x] += W[x] * g[x] - V[x] * f[x];
        }
      }
    };
  };
  for (Index y = 0; y < h; ++y) {
    go_down(h, side0, y, move(S0, T0));
    go_down(h, side1, y, move(S1, T1));
    add_along(w, S0, T0, S1, T1);
    const double *s0 = S0.along, *t0 = T0.along, *s1 = S1.along, *t1 = T1.along;
    const Byte* __restrict gray = page.gray + y * w;
    Byte* __restrict to = wide + y * w;
    Byte* __restrict to_near = near + y * w;
    for (Index x = 0; x < w; ++x) {
      const double g = gray[x];
      in[x] = g * (s0[x + side0] - s0[x] + calm0) <= t0[x + side0] - t0[x] + drawn0 ? 1 : 0;
      by[x] = g * (s1[x + side1] - s1[x] + calm1) <= t1[x + side1] - t1[x] + drawn1 ? 1 : 0;
    }
    for (Index x = 0; x < w; ++x) {
      to[x] = static_cast<Byte>(in[x]);
      to_near[x] = static_cast<Byte>(by[x] & ~in[x]);
    }
  }
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
