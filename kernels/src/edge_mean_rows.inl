// The rows of edge_mean.hpp; what is said in local_sums.inl, which is included before, holds here.

inline double square_root(double value) { return __builtin_sqrt(value); }

void ink_rows(const Byte* gray, const Byte* edge, Index h, Index w, const Rule& rule, Byte* ink,
              double* scratch) {
  const Index side = rule.side, r = side / 2;
  using Counts = Sums<std::int32_t, std::uint32_t>;
  Counts N(w, side, scratch, true), S(w, side, scratch, true), unused(w, side, scratch, true);
  Sums<std::int32_t, double> S2(w, side, scratch, true);
  std::int32_t* const __restrict found = reinterpret_cast<std::int32_t*>(scratch);
  const double spread = rule.spread, least = rule.least;
  const auto add = [&](Index y, std::int32_t sign) {
    if (y < 0 || y >= h) return;
    const Byte* __restrict g = gray + y * w;
    const Byte* __restrict e = edge + y * w;
    std::int32_t* __restrict count = N.down;
    std::int32_t* __restrict sum = S.down;
    std::int32_t* __restrict squares = S2.down;
    for (Index x = 0; x < w; ++x) {
      const std::int32_t in = sign * e[x], light = in * g[x];
      count[x] += in;
      sum[x] += light;
      squares[x] += light * g[x];
    }
  };
  for (Index y = 0; y < r; ++y) add(y, 1);
  for (Index y = 0; y < h; ++y) {
    add(y + r, 1);
    add(y - r - 1, -1);
    add_along(w, N, S, S2, unused);
    const std::uint32_t *n = N.along, *s = S.along;
    const double* s2 = S2.along;
    const Byte* __restrict g = gray + y * w;
    for (Index x = 0; x < w; ++x) {
      const double number = static_cast<std::int32_t>(n[x + side] - n[x]);
      const double sum = static_cast<std::int32_t>(s[x + side] - s[x]);
      const double spare = number * (s2[x + side] - s2[x]) - sum * sum;
      const double deviation = square_root(spare > 0.0 ? spare : 0.0);
      const std::int32_t dark = g[x] * number <= sum + spread * deviation ? 1 : 0;
      found[x] = dark & (number >= least ? 1 : 0);
    }
    Byte* __restrict to = ink + y * w;
    for (Index x = 0; x < w; ++x) to[x] = static_cast<Byte>(found[x]);
  }
}
