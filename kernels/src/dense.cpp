// The portable cell of the real-valued ends, and the table of cells.
#include "dense.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "dispatch.hpp"
#include "four_lanes.hpp"

namespace docbin::dense {
namespace {

struct P {
  static constexpr int kPixels = 4, kWide = 3, kDeep = 4;
  static constexpr bool kReload = false;
  Words v;
  static P load_u(const void* p) {
    P r;
    std::memcpy(&r.v, p, sizeof r.v);
    return r;
  }
  static P splat(std::int32_t x) {
    const auto word = static_cast<std::uint32_t>(x);
    return {Words{word, word, word, word}};
  }
  static P madd(P a, P b) {
    return {multiply_pairs(a.v, b.v)};
  }
  static P shift(P a, int n) { return {(Words)((Signed)a.v >> n)}; }
  static P clamp(P a, std::int32_t limit) {
    const Signed most = (Signed)splat(limit).v, least = -most;
    Signed x = (Signed)a.v;
    x = x < most ? x : most;
    return {(Words)(x > least ? x : least)};
  }
  static void store16(std::int16_t* to, P a) {
    for (int i = 0; i < 4; ++i) to[i] = static_cast<std::int16_t>(a.v[i]);
  }
  friend P operator+(P a, P b) { return {a.v + b.v}; }
  friend P operator-(P a, P b) { return {a.v - b.v}; }
  static P add16(P a, P b) { return {(Words)((Halves)a.v + (Halves)b.v)}; }
  static P sub16(P a, P b) { return {(Words)((Halves)a.v - (Halves)b.v)}; }
  static void deal(const std::int16_t* from, P& even, P& odd) {
    const Words a = load_u(from).v, b = load_u(from + 8).v;
    even.v = Words{a[0], a[2], b[0], b[2]};
    odd.v = Words{a[1], a[3], b[1], b[3]};
  }
  static void store_dealt(std::int16_t* to, P even, P odd) {
    const Words both = (even.v & 0xFFFFu) | (odd.v << 16);  // two pixels, lowest first
    std::memcpy(to, &both, sizeof both);
  }
};

#include "dense_tiled.hpp"
#include "dense_winograd.hpp"

void across(const std::int16_t* values, int blocks, std::int16_t* first, std::int16_t* second) {
  for (int i = 0; i < blocks; ++i, values += 4) {
    const int pq = values[0] + values[1], rs = values[2] + values[3];
    const int pm = values[0] - values[1], rm = values[2] - values[3];
    first[2 * i] = static_cast<std::int16_t>(pq + rs);
    first[2 * i + 1] = static_cast<std::int16_t>(pq - rs);
    second[2 * i] = static_cast<std::int16_t>(pm + rm);
    second[2 * i + 1] = static_cast<std::int16_t>(pm - rm);
  }
}

#include "dense_bands.hpp"
inline constexpr int kWords = 2;
#include "dense_resample.hpp"

void slice(const std::int16_t* values, int bytes, int bits, std::uint8_t* planes,
           std::size_t stride) {
  for (int b = 0; b < bytes; ++b)
    for (int j = 0; j < bits; ++j) {
      unsigned byte = 0;
      for (int i = 0; i < 8; ++i)
        byte |= ((static_cast<unsigned>(static_cast<std::uint16_t>(values[8 * b + i])) >> j) & 1u) << i;
      planes[static_cast<std::size_t>(j) * stride + static_cast<std::size_t>(b)] =
          static_cast<std::uint8_t>(byte);
    }
}

void unslice(const std::uint8_t* first, const std::uint8_t* second, std::size_t stride, int bytes,
             int bits, std::int16_t* values) {
  const std::uint8_t* const both[2] = {first, second};
  for (int c = 0; c < 2; ++c)
    for (int b = 0; b < bytes; ++b)
      for (int i = 0; i < 8; ++i) {
        std::int32_t value = 0;
        for (int j = 0; j < bits; ++j) {
          const int bit = (both[c][static_cast<std::size_t>(j) * stride + static_cast<std::size_t>(b)] >> i) & 1;
          value += j == bits - 1 ? -(bit << j) : bit << j;
        }
        values[2 * (8 * b + i) + c] = static_cast<std::int16_t>(value);
      }
}

const Cell scalar_cell{&convolve, &convolve_two, &bands, &slice, &unslice, &pool_row, &up_row};

}  // namespace

#if defined(__x86_64__)
extern const Cell avx2_cell;
extern const Cell avx512_cell;
#endif

std::size_t Winograd::scratch() const {
  constexpr std::size_t kVector = 64, kSteps = 2;  // the widest cell's
  return 16 * kVector * kSteps * (static_cast<std::size_t>(inputs + 1) / 2 + kTogether);
}

Winograd make_winograd(const std::int16_t* weight, int outputs, int inputs,
                       const std::int32_t* bias, const std::uint8_t* shift, std::int32_t limit,
                       const std::vector<std::int64_t>& most) {
  constexpr int kG[4][3] = {{2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}};
  Winograd c;
  const auto pairs = static_cast<std::size_t>(inputs + 1) / 2;
  const auto groups = static_cast<std::size_t>(outputs + kTogether - 1) / kTogether;
  std::vector<std::int16_t> sorted(groups * 16 * pairs * 2 * kTogether, 0);
  for (int o = 0; o < outputs; ++o) {
    const std::int64_t half = std::int64_t{1} << (shift[o] - 1), whole = bias[o] + half;
    if (4 * (most[static_cast<std::size_t>(o)] + std::abs(whole)) > std::numeric_limits<std::int32_t>::max() ||
        shift[o] + 2 > 31)
      return {};
    c.bias.push_back(static_cast<std::int32_t>(4 * whole));
    c.shift.push_back(static_cast<std::uint8_t>(shift[o] + 2));
    for (int i = 0; i < inputs; ++i) {
      const std::int16_t* w = weight + (std::ptrdiff_t{o} * inputs + i) * 9;
      for (int k = 0; k < 16; ++k) {
        int sum = 0;
        for (int t = 0; t < 9; ++t) sum += kG[k / 4][t / 3] * kG[k % 4][t % 3] * w[t];
        if (sum != static_cast<std::int16_t>(sum)) return {};
        const auto at = (static_cast<std::size_t>(o / kTogether * 16 + k) * pairs + static_cast<std::size_t>(i / 2)) * kTogether;
        sorted[2 * (at + static_cast<std::size_t>(o % kTogether)) + static_cast<std::size_t>(i % 2)] =
            static_cast<std::int16_t>(sum);
      }
    }
  }
  c.inputs = inputs;
  c.outputs = outputs;
  c.limit = limit;
  c.weight = std::move(sorted);
  return c;
}

const Cell& cell() {
#if defined(__x86_64__)
  static constexpr const Cell* cells[] = {&scalar_cell, nullptr, &avx2_cell, &avx512_cell};
#else
  static constexpr const Cell* cells[] = {&scalar_cell};
#endif
  return pick(cells);
}

}  // namespace docbin::dense
