// Convolutions of a full-precision network in fixed point, on maps of int16 values: the contract.
//
// A map is [height + 2][width + 2][channels], int16, with a frame of zeros that nobody writes; its
// sides are even, and its channels a multiple of 16 (the page itself: a multiple of 2). Values are
// within -kLargest .. kLargest. Lanes are output channels, 16 at a time. Of every layer
//     out = clamp(((sum w x + bias + 2^(shift-1)) >> shift) + skip, low, high)
// with 16-bit weights and 32-bit sums, of which only the last must fit: docbin.native.fixed_layers
// proves that before a layer is made.
//   convolve   3x3, by Winograd's F(2x2, 3x3) or directly; skip may be null, and may be out itself
//   down       2x2 with a stride of 2: [h][w][c] to [h/2][w/2][o]; no skip
//   up         1x1 to four times the channels, which become the four pixels of a square (first,
//              right, below, below right), added to what out holds
//   logits     the same for one channel a pixel, into a plane without a frame; nothing is added
//   film       x to clamp((gain x + offset + 2^11) >> 12, 0, high), a gain and offset a channel
//
// Winograd in integers is told in dense.hpp: G is taken twice, so that it is whole, and the sum is
// four times as large. B' d B fits int16 because kLargest does in 13 bits. A row of the map is done
// kTiles tiles at a time, whose 16 transformed values stay in the first-level cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace docbin::fixed {

inline constexpr int kLargest = 8191;
inline constexpr int kBlock = 16;  // output channels that are summed together
inline constexpr int kTiles = 12;  // Winograd's tiles of 2x2 pixels, or positions, at a time

struct Map {
  std::int16_t* data;
  int height, width, channels;  // without the frame
  std::ptrdiff_t row() const { return static_cast<std::ptrdiff_t>(width + 2) * channels; }
  std::int16_t* at(int y, int x) const {  // -1 .. height, -1 .. width
    return data + (y + 1) * row() + static_cast<std::ptrdiff_t>(x + 1) * channels;
  }
};

enum class Kind { winograd, direct, down, up };

struct Layer {
  Kind kind;
  int inputs, outputs;  // of up: four times what a pixel gets
  std::vector<std::int16_t> weight;  // [outputs / 16][segments][pairs][16][2]
  std::vector<std::int32_t> bias;    // with half a unit of the last place, times the sum's scale
  int shift, low, high;
  // Runs of input values that lie side by side; for Winograd the 16 products.
  int segments() const;
  int pairs() const;  // of values in a run
};

// weight: (outputs, inputs, k, k), k = 3, 2 (down) or 1 (up); outputs are padded to 16 with zeros.
// Sums wrap, so any numbers are safe; Winograd is right where docbin.native.fixed_layers says so.
Layer make_layer(Kind kind, const std::int16_t* weight, int outputs, int inputs,
                 const std::int32_t* bias, int shift, int low, int high);

struct Cell {
  void (*convolve)(const Layer&, const Map& in, const Map* skip, const Map& out);
  void (*down)(const Layer&, const Map& in, const Map& out);
  void (*up)(const Layer&, const Map& in, const Map& out);
  void (*logits)(const Layer&, const Map& in, std::int16_t* out);  // (2 h, 2 w)
  void (*film)(const Map& map, const std::int16_t* gain, const std::int32_t* offset, int high);
};

const Cell& cell();  // of the active target

}  // namespace docbin::fixed
