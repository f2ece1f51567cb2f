// The real-valued ends of a packed network, one map row at a time: the contract.
//
// Values are int16, sums int32 (proved not to overflow when a file is loaded), lanes are pixels.
//   convolve   3x3: out = clamp((sum w x + bias + 2^(shift-1)) >> shift, -limit, limit)
//   slice      int16 values to `bits` bit-planes (two's complement), lowest position first
//   unslice    the way back, with the sign extended
// Input channels travel in pairs, interleaved a pixel: pair p of pixel i is at [p][2 i], [2 i + 1];
// an odd channel count is padded with zeros. A row has one zero pixel before and after it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin::dense {

struct Convolution {
  int inputs, outputs;
  const std::int16_t* weight;  // [outputs][3][3][pairs][2]
  const std::int32_t* bias;
  const std::uint8_t* shift;
  std::int32_t limit;
};

struct Cell {
  // rows[dy]: the input row's pixel -1 of pair 0; `stride` int16 from pair to pair. Null: outside.
  // out[o * out_stride + i], i < width. Rows and out are readable and writable 32 pixels further.
  void (*convolve)(const Convolution&, const std::int16_t* const rows[3], std::size_t stride,
                   int width, std::int16_t* out, std::size_t out_stride);
  // values[0 .. 8 bytes) to planes[j * stride ..]. `bytes` is a multiple of 8.
  void (*slice)(const std::int16_t* values, int bytes, int bits, std::uint8_t* planes,
                std::size_t stride);
  // 8 * bytes positions of two channels, interleaved: a pair of the convolution's input.
  void (*unslice)(const std::uint8_t* first, const std::uint8_t* second, std::size_t stride,
                  int bytes, int bits, std::int16_t* values);
};

const Cell& cell();  // of the active target

}  // namespace docbin::dense
