// The grey levels of a page: how many pixels have each, and their means over blocks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin {

// counts: 256 of them, 64-bit.
void histogram(const std::uint8_t* gray, std::size_t pixels, std::int64_t* counts);

// ITU-R BT.601 luma in 15 bits, rounded, of interleaved RGB: what OpenCV computes.
void luma(const std::uint8_t* rgb, std::size_t pixels, std::uint8_t* gray);

// Means of factor x factor blocks, rounded, halves up; what is over at the right and bottom is left
// out. means: (height / factor) x (width / factor), rows one after another. `stride`: bytes from row
// to row of the page. factor: 1 to 4096, so that a block's sum fits 32 bits.
struct Blocks {
  const std::uint8_t* gray;
  std::ptrdiff_t stride;
  int height, width, factor;
};
void block_means(const Blocks& blocks, std::uint8_t* means);

}  // namespace docbin
