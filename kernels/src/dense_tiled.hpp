// The convolution of the real-valued ends, written once over a vector of pixels. Each cell includes
// this inside its own anonymous namespace, after defining P: nothing is shared between targets.
//
// P: a vector of kPixels int32 sums or of as many int16 pairs; load_u, zero, splat(int32),
// madd(a, b): products of pairs added, +, shift(sum, count), clamp(sum, limit), store16; kReload:
// whether registers are so few that a tile's first vector is read again for every channel instead of
// a sum being kept in memory.

inline constexpr int kWide = P::kWide;  // vectors of pixels in a tile
inline constexpr int kDeep = P::kDeep;  // output channels in a tile

template <int WIDE, int DEEP>
void tile(const Convolution& c, const std::int16_t* const rows[3], std::size_t stride, int first,
          int o, std::int16_t* out, std::size_t out_stride) {
  const int pairs = (c.inputs + 1) / 2;
  const std::ptrdiff_t step = std::ptrdiff_t{9} * pairs;
  P sums[WIDE][DEEP];
  for (int d = 0; d < DEEP; ++d)
    for (int v = 0; v < WIDE; ++v)
      sums[v][d] = P::splat(c.bias[o + d] + (std::int32_t{1} << (c.shift[o + d] - 1)));
  for (int dy = 0; dy < 3; ++dy) {
    if (rows[dy] == nullptr) continue;
    for (int dx = 0; dx < 3; ++dx) {
      const std::int16_t* x = rows[dy] + 2 * (first + dx);
      const std::int16_t* w = c.weight + ((std::ptrdiff_t{o} * 9 + dy * 3 + dx) * pairs) * 2;
      for (int p = 0; p < pairs; ++p, x += stride, w += 2) {
        P values[WIDE];
        for (int v = 0; v < WIDE; ++v) values[v] = P::load_u(x + 2 * v * P::kPixels);
        for (int d = 0; d < DEEP; ++d) {
          if constexpr (P::kReload) {
            asm volatile("" ::: "memory");
            values[0] = P::load_u(x);
          }
          std::int32_t pair;
          std::memcpy(&pair, w + 2 * d * step, 4);
          const P weight = P::splat(pair);
          for (int v = 0; v < WIDE; ++v) sums[v][d] = sums[v][d] + P::madd(values[v], weight);
        }
      }
    }
  }
  for (int d = 0; d < DEEP; ++d)
    for (int v = 0; v < WIDE; ++v)
      P::store16(out + static_cast<std::size_t>(o + d) * out_stride + first + v * P::kPixels,
                 P::clamp(P::shift(sums[v][d], c.shift[o + d]), c.limit));
}

void convolve(const Convolution& c, const std::int16_t* const rows[3], std::size_t stride,
              int width, std::int16_t* out, std::size_t out_stride) {
  // Tiles may run past the width: rows and out have room. Only P::kPixels <= 16 past it.
  int first = 0;
  const auto column = [&](auto wide) {
    constexpr int kTile = decltype(wide)::value;
    int o = 0;
    for (; o + kDeep <= c.outputs; o += kDeep)
      tile<kTile, kDeep>(c, rows, stride, first, o, out, out_stride);
    for (; o < c.outputs; ++o) tile<kTile, 1>(c, rows, stride, first, o, out, out_stride);
    first += kTile * P::kPixels;
  };
  while (width - first > (kWide - 1) * P::kPixels) column(std::integral_constant<int, kWide>{});
  while (first < width) column(std::integral_constant<int, 1>{});
}
