// The real-valued ends of a packed network, one map row at a time: the contract.
//
// Values are int16, sums int32 (proved not to overflow when a file is loaded), lanes are pixels.
//   convolve   3x3: out = clamp((sum w x + bias + 2^(shift-1)) >> shift, -limit, limit)
//   slice      int16 values to `bits` bit-planes (two's complement), lowest position first
//   unslice    the way back, with the sign extended
// Input channels travel in pairs, interleaved a pixel: pair p of pixel i is at [p][2 i], [2 i + 1];
// an odd channel count is padded with zeros. A row has one zero pixel before and after it.
//   convolve_two  the same for two rows at once, by Winograd's F(2x2, 3x3) (Winograd, Arithmetic
//              Complexity of Computations, 1980; Lavin and Gray, Fast Algorithms for Convolutional
//              Neural Networks, 2016): 16 products for four pixels where the direct form has 36
//   bands      one row of the 2-level Haar packet of four rows of the inverted page
//
// Winograd in integers. out = A' [(G w G') * (B' d B)] A over 4x4 pixels d, with
//     B' = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1]   A' = [1 1 1 0; 0 1 -1 -1]
//     G  = [2 0 0; 1 1 1; 1 -1 1; 0 0 2]
// G is twice the usual one, so that it is whole: the sum comes out four times as large, and is shifted
// two more. Sums are modulo 2^32; only the last must fit, which `make_winograd` proves. B' d B fits
// int16 where d is in -kNarrow .. kNarrow - 1; `make_winograd` asks the same of G w G'.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace docbin::dense {

struct Convolution {
  int inputs, outputs;
  const std::int16_t* weight;  // [outputs][3][3][pairs][2]
  const std::int32_t* bias;
  const std::uint8_t* shift;
  std::int32_t limit;
};

inline constexpr int kNarrow = 8192;
inline constexpr int kTogether = 4;  // output channels whose weights lie side by side

struct Winograd {
  int inputs = 0, outputs = 0;
  std::vector<std::int16_t> weight;  // [outputs / kTogether, up][16][pairs][kTogether][2]; or empty
  std::vector<std::int32_t> bias;    // 4 (bias + half)
  std::vector<std::uint8_t> shift;   // two more
  std::int32_t limit = 0;
  bool usable() const { return !weight.empty(); }
  std::size_t scratch() const;  // bytes a call needs, 64-byte aligned
};

// weight: (outputs, inputs, 3, 3). most[o]: the largest size of a sum of output o, bias left out.
// Not usable where a number does not fit.
Winograd make_winograd(const std::int16_t* weight, int outputs, int inputs,
                       const std::int32_t* bias, const std::uint8_t* shift, std::int32_t limit,
                       const std::vector<std::int64_t>& most);

// Four rows of the page, of 1 or 3 channels interleaved; blocks of 4x4 pixels.
struct PageRows {
  const std::uint8_t* rows[4];
  int channels, blocks;
};

struct Cell {
  // rows[dy]: the input row's pixel -1 of pair 0; `stride` int16 from pair to pair. Null: outside.
  // out[o * out_stride + i], i < width. Rows and out are readable and writable 32 pixels further.
  void (*convolve)(const Convolution&, const std::int16_t* const rows[3], std::size_t stride,
                   int width, std::int16_t* out, std::size_t out_stride);
  // rows[0 .. 4): the rows above, of, below and below that of two output rows; as in convolve, but
  // read 66 pixels further. out[(2 o + row) * out_stride + i], writable 64 further.
  void (*convolve_two)(const Winograd&, const std::int16_t* const rows[4], std::size_t stride,
                       int width, std::int16_t* out, std::size_t out_stride, void* scratch);
  // out: [8 channels pairs][stride], block i at [2 i], [2 i + 1] of a pair. Band 4 i + j of a channel is
  // step j of the second level on band i of the first: a = p+q+r+s, b = p-q+r-s, c = p+q-r-s,
  // d = p-q-r+s; |band| <= 4080. work: 40 blocks + 64 int16. Out is writable 16 blocks further.
  void (*bands)(const PageRows&, std::int16_t* out, std::size_t stride, std::int16_t* work);
  // values[0 .. 8 bytes) to planes[j * stride ..], `bytes` a multiple of 4.
  void (*slice)(const std::int16_t* values, int bytes, int bits, std::uint8_t* planes,
                std::size_t stride);
  // 8 * bytes positions of two channels, interleaved: a pair of the convolution's input. Planes are
  // readable 3 bytes, values writable 24 positions further.
  void (*unslice)(const std::uint8_t* first, const std::uint8_t* second, std::size_t stride,
                  int bytes, int bits, std::int16_t* values);
  // Streams as rows of 64-bit words, plane j at [j * words] of the finer row, [j * words / 2] of the
  // coarser; `words` a multiple of 4.
  //   pool_row  (a + b + c + d + 2) >> 2 over 2x2
  //   up_row    (a + b + 1) >> 1 of two channels, each pixel twice
  void (*pool_row)(const std::uint64_t* upper, const std::uint64_t* lower, int bits,
                   std::size_t words, std::uint64_t* out);
  void (*up_row)(const std::uint64_t* first, const std::uint64_t* second, int bits,
                 std::size_t words, std::uint64_t* out);
};

const Cell& cell();  // of the active target

}  // namespace docbin::dense
