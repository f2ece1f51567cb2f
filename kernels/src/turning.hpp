// A page laid out anew by an affine map that turns little, cubic, in two passes of one dimension.
//
//     u = a x + b y + c,  v = d x + e y + f      where pixel x, y of the result lies on the page
//     h(x, v)   = sum_k w_k page(v, u + k),  u = (a - b d / e) x + (b / e) v + c - b f / e
//     out(x, y) = sum_k w_k h(x, v + k),     k = -1 .. 2 about the whole part of u or v
//
// (E. Catmull and A. R. Smith, "3-D transformations of images in scanline order", 1980; weights of
// R. G. Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = -3/4.)
// All in whole numbers, so that every target gives the same: places in 1/4096 pixel, as sums of two
// tables, weights in 1/16384, h in 1/64 grey level. Beyond the page is `fill`.
//
// Bounds. The weights' sizes add up to at most 1.4, so |h| <= 1.4 * 255 * 64 < 2^15 and a sum of the
// second pass is below 1.4^2 * 255 * 2^20 < 2^30. Places are 32-bit: the tables hold less than 2^30,
// and across[x] - 4096 x and down[x] never fall, or never rise, with x.
#pragma once

#include <cstdint>

namespace docbin::turning {

struct Image {
  const std::uint8_t* pixels;  // height x width x channels
  std::int64_t height, width, channels;
};

struct Places {
  const std::int32_t* across;  // (out width): of u, what belongs to x
  const std::int32_t* row;     // (page height): of u, what belongs to v
  const std::int32_t* down;    // (out width): of v, what belongs to x
  const std::int32_t* rows;    // (out height): of v, what belongs to y
};

// Pieces of the result are made one at a time, so that h stays in the cache.
constexpr std::int64_t kTileWidth = 256, kTileHeight = 256;

// A piece: columns first .. first + width and rows top .. top + height of the result, and the rows of
// the page, low .. low + tall, that it is made of. scratch holds parts of places, h, weights and a
// stretch of a row, as turned() counts them.
struct Tile {
  std::int64_t first, width, top, height, low, tall;
};

struct Cell {
  void (*tile)(const Image&, const Places&, const Tile&, const std::uint8_t* fill,
               std::int64_t out_width, std::uint8_t* out, std::int16_t* scratch);
};

extern const Cell kScalar;
#if defined(__x86_64__)
extern const Cell kAvx2;
#endif

void turned(const Image&, const Places&, const std::uint8_t* fill, std::int64_t out_height,
            std::int64_t out_width, std::uint8_t* out);

}  // namespace docbin::turning
