// edge_power and edge_ink of auto_ink.hpp; what is said in local_sums.inl, which is included before, holds here.

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
