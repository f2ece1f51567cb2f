// The layers, written once over vectors. Each cell includes this inside its own anonymous namespace
// after defining I and put; nothing is shared between targets.
//
// I: kLanes int32, or twice as many int16: load, store (unaligned), splat(int32), widen(int16 const*),
// madd (products of pairs added), keep (in a
// register, not read again for every use), +, -, (int32, they wrap), >> (arithmetic). H: 8 or 16 int16: load,
// store, +, -. kTall: positions whose sums are in registers together. put(to, I const[], skip, low,
// high): 16 sums, with skip (may be null) added, clamped to int16.

inline constexpr int kVectors = kBlock / I::kLanes;

template <int TALL>
void tall(const std::int16_t* const* from, std::ptrdiff_t at, std::ptrdiff_t step, int segments,
          int pairs, const std::int16_t* weight, std::int32_t* sums) {
  I total[TALL][kVectors];
  for (auto& row : total)
    for (I& value : row) value = I::splat(0);
  for (int s = 0; s < segments; ++s) {
    const std::int16_t* x = from[s] + at;
    for (int p = 0; p < pairs; ++p, x += 2, weight += 2 * kBlock) {
      I factor[kVectors];
      for (int v = 0; v < kVectors; ++v) {
        factor[v] = I::keep(I::load(weight + 2 * v * I::kLanes));
      }
#pragma GCC unroll 12
      for (int t = 0; t < TALL; ++t) {
        std::int32_t pair;
        std::memcpy(&pair, x + t * step, 4);
        const I value = I::splat(pair);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) {
          total[t][v] = I::keep(total[t][v] + I::madd(value, factor[v]));
        }
      }
    }
  }
  for (int t = 0; t < TALL; ++t)
    for (int v = 0; v < kVectors; ++v) I::store(sums + t * kBlock + v * I::kLanes, total[t][v]);
}

// sums[i][16] of `count` positions, whose runs of values start at from[segment] + i * step.
void multiply(const std::int16_t* const* from, std::ptrdiff_t step, int segments, int pairs,
              const std::int16_t* weight, int count, std::int32_t* sums) {
  int i = 0;
  for (; i + kTall <= count; i += kTall)
    tall<kTall>(from, i * step, step, segments, pairs, weight, sums + i * kBlock);
  for (; i + 2 <= count; i += 2)
    tall<2>(from, i * step, step, segments, pairs, weight, sums + i * kBlock);
  if (i < count) tall<1>(from, i * step, step, segments, pairs, weight, sums + i * kBlock);
}

// values: [16][count][channels] of the tiles from pixel (y, x) on, B' d B.
void transform(const Map& in, int y, int x, int count, std::int16_t* values) {
  const int channels = in.channels;
  const std::ptrdiff_t row = in.row(), step = static_cast<std::ptrdiff_t>(count) * channels;
  for (int c = 0; c < channels; c += H::kLanes) {
    const std::int16_t* from = in.at(y - 1, x - 1) + c;
    struct Column {
      H v[4];
    };
    const auto column = [&](int i) {
      const std::int16_t* d = from + static_cast<std::ptrdiff_t>(i) * channels;
      const H a = H::load(d), b = H::load(d + row), e = H::load(d + 2 * row), f = H::load(d + 3 * row);
      return Column{{a - e, b + e, e - b, b - f}};
    };
    Column first = column(0), second = column(1);
    std::int16_t* to = values + c;
    for (int t = 0; t < count; ++t, to += channels) {
      const Column third = column(2 * t + 2), fourth = column(2 * t + 3);
      for (int k = 0; k < 4; ++k) {
        std::int16_t* out = to + 4 * k * step;
        H::store(out, first.v[k] - third.v[k]);
        H::store(out + step, second.v[k] + third.v[k]);
        H::store(out + 2 * step, third.v[k] - second.v[k]);
        H::store(out + 3 * step, second.v[k] - fourth.v[k]);
      }
      first = third;
      second = fourth;
    }
  }
}

// A' m A of tile t of `count`; sums: [16][count][16]. The four pixels, each kVectors.
void gather(const std::int32_t* sums, int count, int t, const std::int32_t* bias, int shift,
            I (&pixels)[4][kVectors]) {
  const std::ptrdiff_t step = static_cast<std::ptrdiff_t>(count) * kBlock;
  for (int v = 0; v < kVectors; ++v) {
    const std::int32_t* m = sums + static_cast<std::ptrdiff_t>(t) * kBlock + v * I::kLanes;
    I top[4], bottom[4];
    for (int k = 0; k < 4; ++k, m += step) {
      const I a = I::load(m), b = I::load(m + 4 * step), c = I::load(m + 8 * step);
      top[k] = a + (b + c);
      bottom[k] = (b - c) - I::load(m + 12 * step);
    }
    const I more = I::load(bias + v * I::kLanes);
    pixels[0][v] = (top[0] + top[1] + top[2] + more) >> shift;
    pixels[1][v] = (top[1] - top[2] - top[3] + more) >> shift;
    pixels[2][v] = (bottom[0] + bottom[1] + bottom[2] + more) >> shift;
    pixels[3][v] = (bottom[1] - bottom[2] - bottom[3] + more) >> shift;
  }
}

void by_winograd(const Layer& layer, const Map& in, const Map* skip, const Map& out) {
  const int pairs = layer.pairs();
  std::vector<std::int16_t> values(static_cast<std::size_t>(16 * kTiles * in.channels));
  alignas(64) std::int32_t sums[16 * kTiles * kBlock];
  for (int y = 0; y < out.height; y += 2)
    for (int x = 0; x < out.width; x += 2 * kTiles) {
      const int count = (out.width - x) / 2 < kTiles ? (out.width - x) / 2 : kTiles;
      transform(in, y, x, count, values.data());
      const std::int16_t* weight = layer.weight.data();
      for (int o = 0; o < layer.outputs; o += kBlock) {
        for (int k = 0; k < 16; ++k, weight += 2 * pairs * kBlock) {
          const std::int16_t* from = values.data() + static_cast<std::ptrdiff_t>(k) * count * in.channels;
          multiply(&from, in.channels, 1, pairs, weight, count, sums + k * count * kBlock);
        }
        for (int t = 0; t < count; ++t) {
          I pixels[4][kVectors];
          gather(sums, count, t, layer.bias.data() + o, layer.shift, pixels);
          for (int k = 0; k < 4; ++k) {
            const int v = y + k / 2, u = x + 2 * t + k % 2;
            put(out.at(v, u) + o, pixels[k], skip ? skip->at(v, u) + o : nullptr, layer.low, layer.high);
          }
        }
      }
    }
}

// One row of positions: `to(o, i)` is where 16 channels of position i go.
template <typename Place>
void row_of(const Layer& layer, const std::int16_t* const* from, std::ptrdiff_t step, int width,
            Place&& place) {
  alignas(64) std::int32_t sums[kTiles * kBlock];
  const std::ptrdiff_t block = std::ptrdiff_t{2} * kBlock * layer.segments() * layer.pairs();
  const std::int16_t* runs[3];
  for (int first = 0; first < width; first += kTiles) {
    const int count = width - first < kTiles ? width - first : kTiles;
    for (int s = 0; s < layer.segments(); ++s) runs[s] = from[s] + first * step;
    for (int o = 0; o < layer.outputs; o += kBlock) {
      multiply(runs, step, layer.segments(), layer.pairs(), layer.weight.data() + o / kBlock * block, count, sums);
      for (int i = 0; i < count; ++i) {
        I values[kVectors];
        for (int v = 0; v < kVectors; ++v)
          values[v] = (I::load(sums + i * kBlock + v * I::kLanes) + I::load(&layer.bias[static_cast<std::size_t>(o + v * I::kLanes)])) >> layer.shift;
        place(o, first + i, values);
      }
    }
  }
}

void convolve(const Layer& layer, const Map& in, const Map* skip, const Map& out) {
  if (layer.kind == Kind::winograd) return by_winograd(layer, in, skip, out);
  for (int y = 0; y < out.height; ++y) {
    const std::int16_t* const from[] = {in.at(y - 1, -1), in.at(y, -1), in.at(y + 1, -1)};
    row_of(layer, from, in.channels, out.width, [&](int o, int x, const I* values) {
      put(out.at(y, x) + o, values, skip ? skip->at(y, x) + o : nullptr, layer.low, layer.high);
    });
  }
}

void down(const Layer& layer, const Map& in, const Map& out) {
  for (int y = 0; y < out.height; ++y) {
    const std::int16_t* const from[] = {in.at(2 * y, 0), in.at(2 * y + 1, 0)};
    row_of(layer, from, std::ptrdiff_t{2} * in.channels, out.width, [&](int o, int x, const I* values) {
      put(out.at(y, x) + o, values, nullptr, layer.low, layer.high);
    });
  }
}

void up(const Layer& layer, const Map& in, const Map& out) {
  for (int y = 0; y < in.height; ++y) {
    const std::int16_t* const from = in.at(y, 0);
    row_of(layer, &from, in.channels, in.width, [&](int o, int x, const I* values) {
      const int corner = o / out.channels;
      std::int16_t* to = out.at(2 * y + corner / 2, 2 * x + corner % 2) + o % out.channels;
      put(to, values, to, layer.low, layer.high);
    });
  }
}

void logits(const Layer& layer, const Map& in, std::int16_t* out) {
  const std::ptrdiff_t row = std::ptrdiff_t{2} * in.width;
  for (int y = 0; y < in.height; ++y) {
    const std::int16_t* const from = in.at(y, 0);
    row_of(layer, &from, in.channels, in.width, [&](int, int x, const I* values) {
      std::int16_t four[kBlock];
      put(four, values, nullptr, layer.low, layer.high);
      std::int16_t* to = out + 2 * y * row + 2 * x;
      std::memcpy(to, four, 4);
      std::memcpy(to + row, four + 2, 4);
    });
  }
}

void film(const Map& map, const std::int16_t* gain, const std::int32_t* offset, int high) {
  for (int y = 0; y < map.height; ++y)
    for (int c = 0; c < map.channels; c += kBlock) {
      I factor[kVectors], more[kVectors];
      for (int v = 0; v < kVectors; ++v) {
        const int at = c + v * I::kLanes;
        factor[v] = I::widen(gain + at);
        more[v] = I::load(offset + at) + I::splat(1 << 11);
      }
      std::int16_t* x = map.at(y, 0) + c;
      for (int i = 0; i < map.width; ++i, x += map.channels) {
        I values[kVectors];
        for (int v = 0; v < kVectors; ++v)
          values[v] = (I::madd(I::low(factor[v]), I::widen(x + v * I::kLanes)) + more[v]) >> 12;
        put(x, values, nullptr, 0, high);
      }
    }
}
