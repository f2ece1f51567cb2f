// The portable cell of the real-valued ends, and the table of cells.
#include "dense.hpp"

#include <algorithm>
#include <vector>

#include "dispatch.hpp"

namespace docbin::dense {
namespace {

void convolve(const Convolution& c, const std::int16_t* const rows[3], std::size_t stride,
              int width, std::int16_t* out, std::size_t out_stride) {
  const int pairs = (c.inputs + 1) / 2;
  std::vector<std::int32_t> sums(static_cast<std::size_t>(width));
  for (int o = 0; o < c.outputs; ++o) {
    const std::int32_t half = std::int32_t{1} << (c.shift[o] - 1);
    std::fill(sums.begin(), sums.end(), c.bias[o] + half);
    for (int dy = 0; dy < 3; ++dy) {
      if (rows[dy] == nullptr) continue;
      for (int dx = 0; dx < 3; ++dx)
        for (int p = 0; p < pairs; ++p) {
          const std::int16_t* w = c.weight + ((std::ptrdiff_t{o} * 9 + dy * 3 + dx) * pairs + p) * 2;
          const std::int16_t* x = rows[dy] + static_cast<std::size_t>(p) * stride + 2 * dx;
          const std::int32_t w0 = w[0], w1 = w[1];
          for (int i = 0; i < width; ++i)
            sums[static_cast<std::size_t>(i)] += w0 * x[2 * i] + w1 * x[2 * i + 1];
        }
    }
    for (int i = 0; i < width; ++i)
      out[static_cast<std::size_t>(o) * out_stride + static_cast<std::size_t>(i)] =
          static_cast<std::int16_t>(
              std::clamp(sums[static_cast<std::size_t>(i)] >> c.shift[o], -c.limit, c.limit));
  }
}

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

const Cell scalar_cell{&convolve, &slice, &unslice};

}  // namespace

#if defined(__x86_64__)
extern const Cell avx2_cell;
extern const Cell avx512_cell;
#endif

const Cell& cell() {
#if defined(__x86_64__)
  static constexpr const Cell* cells[] = {&scalar_cell, nullptr, &avx2_cell, &avx512_cell};
#else
  static constexpr const Cell* cells[] = {&scalar_cell};
#endif
  return pick(cells);
}

}  // namespace docbin::dense
