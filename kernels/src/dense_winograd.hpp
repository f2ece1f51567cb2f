// Two rows of the convolution by Winograd's F(2x2, 3x3), written once over a vector of tiles (of two
// pixels a row). Each cell includes this inside its own anonymous namespace, after defining P:
// nothing is shared between targets.
//
// P, besides what dense_tiled.hpp asks: add16, sub16 (int16, they wrap), - of int32, deal(from, even,
// odd): 2 kPixels pairs, every second to `even`, the others to `odd`, in an order of the cell's own;
// store_dealt(to, even, odd): the way back, of int32 that fit int16.
//
// A step takes kSpan vectors of tiles: their 16 transformed values of every input stay in the
// first-level cache while the output channels go by, kTogether at a time.

inline constexpr int kSpan = 2;

// values: [16][pairs][kSpan], B' d B.
void transform_input(const std::int16_t* const rows[4], std::size_t stride, int pairs, int first,
                     P* values) {
  const std::ptrdiff_t step = std::ptrdiff_t{pairs} * kSpan;
  for (int p = 0; p < pairs; ++p)
    for (int v = 0; v < kSpan; ++v) {
      P across[4][4];
      for (int y = 0; y < 4; ++y) {
        if (rows[y] == nullptr) {
          for (P& value : across[y]) value = P::splat(0);
          continue;
        }
        const std::int16_t* x =
            rows[y] + static_cast<std::size_t>(p) * stride + 2 * (first + 2 * v * P::kPixels);
        P a, b, c, d;  // of a tile's pixels -1, 0, 1, 2
        P::deal(x, a, b);
        P::deal(x + 4, c, d);
        across[y][0] = P::sub16(a, c);
        across[y][1] = P::add16(b, c);
        across[y][2] = P::sub16(c, b);
        across[y][3] = P::sub16(b, d);
      }
      P* out = values + p * kSpan + v;
      for (int x = 0; x < 4; ++x, out += step) {
        out[0] = P::sub16(across[0][x], across[2][x]);
        out[4 * step] = P::add16(across[1][x], across[2][x]);
        out[8 * step] = P::sub16(across[2][x], across[1][x]);
        out[12 * step] = P::sub16(across[1][x], across[3][x]);
      }
    }
}

// sums: [16][kTogether][kSpan].
void multiply(const std::int16_t* weight, const P* values, int pairs, P* sums) {
  for (int k = 0; k < 16; ++k) {
    P total[kTogether][kSpan];
    for (auto& row : total)
      for (P& value : row) value = P::splat(0);
    for (int p = 0; p < pairs; ++p, weight += 2 * kTogether, values += kSpan)
      for (int d = 0; d < kTogether; ++d) {
        std::int32_t pair;
        std::memcpy(&pair, weight + 2 * d, 4);
        const P factor = P::splat(pair);
        for (int v = 0; v < kSpan; ++v)
          total[d][v] = total[d][v] + P::madd(values[v], factor);
      }
    for (auto& row : total)
      for (const P& value : row) *sums++ = value;
  }
}

void convolve_two(const Winograd& c, const std::int16_t* const rows[4], std::size_t stride,
                  int width, std::int16_t* out, std::size_t out_stride, void* scratch) {
  const int pairs = (c.inputs + 1) / 2;
  constexpr int kSums = kTogether * kSpan;
  P* const sums = static_cast<P*>(scratch);
  P* const values = sums + 16 * kSums;
  for (int first = 0; first < width; first += 2 * kSpan * P::kPixels) {
    transform_input(rows, stride, pairs, first, values);
    const std::int16_t* weight = c.weight.data();
    for (int o = 0; o < c.outputs; ++o) {
      if (o % kTogether == 0) {
        multiply(weight, values, pairs, sums);
        weight += std::ptrdiff_t{16} * pairs * 2 * kTogether;
      }
      const P bias = P::splat(c.bias[static_cast<std::size_t>(o)]);
      const int shift = c.shift[static_cast<std::size_t>(o)];
      for (int v = 0; v < kSpan; ++v) {
        const P* m = sums + o % kTogether * kSpan + v;
        P top[4], bottom[4];
        for (int x = 0; x < 4; ++x, m += kSums) {
          const P both = m[4 * kSums] + m[8 * kSums], apart = m[4 * kSums] - m[8 * kSums];
          top[x] = m[0] + both;
          bottom[x] = apart - m[12 * kSums];
        }
        std::int16_t* to = out + static_cast<std::size_t>(2 * o) * out_stride + first + 2 * v * P::kPixels;
        for (const P* row : {top, bottom}) {
          const P even = row[0] + row[1] + row[2] + bias, odd = row[1] - row[2] - row[3] + bias;
          P::store_dealt(to, P::clamp(P::shift(even, shift), c.limit),
                         P::clamp(P::shift(odd, shift), c.limit));
          to += out_stride;
        }
      }
    }
  }
}
