// The portable cell of the fixed-point convolutions, how weights are laid out, and the table of cells.
#include "fixed.hpp"

#include <algorithm>
#include <cstring>

#include "dispatch.hpp"
#include "four_lanes.hpp"

namespace docbin::fixed {
namespace {

inline constexpr int kTall = 2;

struct I {
  static constexpr int kLanes = 4;
  Words v;
  static I load(const void* p) {
    I r;
    std::memcpy(&r.v, p, sizeof r.v);
    return r;
  }
  static void store(void* p, I x) { std::memcpy(p, &x.v, sizeof x.v); }
  static I splat(std::int32_t x) {
    const auto word = static_cast<std::uint32_t>(x);
    return {Words{word, word, word, word}};
  }
  static I widen(const std::int16_t* p) { return {(Words)Signed{p[0], p[1], p[2], p[3]}}; }
  static I low(I x) { return {x.v & 0xFFFFu}; }
  static I madd(I a, I b) {
    return {multiply_pairs(a.v, b.v)};
  }
  static I keep(I x) { return x; }
  friend I operator+(I a, I b) { return {a.v + b.v}; }
  friend I operator-(I a, I b) { return {a.v - b.v}; }
  friend I operator>>(I a, int n) { return {(Words)((Signed)a.v >> n)}; }
};

struct H {
  static constexpr int kLanes = 8;
  Halves v;
  static H load(const std::int16_t* p) { return {(Halves)I::load(p).v}; }
  static void store(std::int16_t* p, H x) { I::store(p, I{(Words)x.v}); }
  friend H operator+(H a, H b) { return {a.v + b.v}; }
  friend H operator-(H a, H b) { return {a.v - b.v}; }
};

void put(std::int16_t* to, const I* sums, const std::int16_t* skip, int low, int high) {
  for (int i = 0; i < kBlock; ++i) {
    const auto sum = static_cast<std::int32_t>(sums[i / 4].v[i % 4]);
    const int value = std::clamp<std::int32_t>(sum, -32768, 32767) + (skip == nullptr ? 0 : skip[i]);
    to[i] = static_cast<std::int16_t>(std::clamp(value, low, high));
  }
}

#include "fixed.inl"

const Cell scalar_cell{&convolve, &down, &up, &logits, &film};

}  // namespace

#if defined(__x86_64__)
extern const Cell avx2_cell;
extern const Cell avx512_cell;
#endif

int Layer::segments() const {
  switch (kind) {
    case Kind::winograd: return 16;
    case Kind::direct: return 3;
    case Kind::down: return 2;
    default: return 1;
  }
}

int Layer::pairs() const {
  switch (kind) {
    case Kind::direct: return 3 * inputs / 2;
    case Kind::down: return inputs;
    default: return inputs / 2;
  }
}

Layer make_layer(Kind kind, const std::int16_t* weight, int outputs, int inputs,
                 const std::int32_t* bias, int shift, int low, int high) {
  constexpr int kG[4][3] = {{2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}};
  const bool winograd = kind == Kind::winograd;
  const int side = kind == Kind::down ? 2 : kind == Kind::up ? 1 : 3, taps = side * side;
  Layer layer{kind, inputs, (outputs + kBlock - 1) / kBlock * kBlock, {}, {}, shift + (winograd ? 2 : 0), low, high};
  const std::size_t segments = static_cast<std::size_t>(layer.segments()), pairs = static_cast<std::size_t>(layer.pairs());
  layer.weight.assign(static_cast<std::size_t>(layer.outputs) * segments * pairs * 2, 0);
  layer.bias.assign(static_cast<std::size_t>(layer.outputs), 0);
  for (int o = 0; o < outputs; ++o) {
    const auto whole = static_cast<std::uint32_t>(bias[o]) + (1u << (shift - 1));
    layer.bias[static_cast<std::size_t>(o)] = static_cast<std::int32_t>(winograd ? 4 * whole : whole);
    const auto place = [&](int segment, int value, int number) {
      const std::size_t pair = (static_cast<std::size_t>(o / kBlock) * segments + static_cast<std::size_t>(segment)) * pairs + static_cast<std::size_t>(value / 2);
      layer.weight[(pair * kBlock + static_cast<std::size_t>(o % kBlock)) * 2 + static_cast<std::size_t>(value % 2)] = static_cast<std::int16_t>(number);
    };
    for (int i = 0; i < inputs; ++i) {
      const std::int16_t* w = weight + (static_cast<std::ptrdiff_t>(o) * inputs + i) * taps;
      if (winograd)
        for (int k = 0; k < 16; ++k) {
          int sum = 0;
          for (int t = 0; t < 9; ++t) sum += kG[k / 4][t / 3] * kG[k % 4][t % 3] * w[t];
          place(k, i, sum);
        }
      else
        for (int t = 0; t < taps; ++t) place(t / side, t % side * inputs + i, w[t]);
    }
  }
  return layer;
}

const Cell& cell() {
#if defined(__x86_64__)
  static constexpr const Cell* cells[] = {&scalar_cell, nullptr, &avx2_cell, &avx512_cell};
#else
  static constexpr const Cell* cells[] = {&scalar_cell};
#endif
  return pick(cells);
}

}  // namespace docbin::fixed
