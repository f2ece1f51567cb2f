// A binary image, one bit a pixel: bit x % 64 of word x / 64 is column x. A zero word stands left
// and right of every row and two zero rows above and below, so that neighbours up to two rows or 64
// columns away are read without asking where the page ends; beyond the page nothing is set.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace docbin {

class BitPlane {
 public:
  BitPlane(int height, int width)
      : height_(height),
        width_(width),
        words_((width + 63) / 64),
        stride_(static_cast<std::size_t>(words_) + 2),
        bits_(stride_ * (static_cast<std::size_t>(height) + 4), 0) {}

  int height() const { return height_; }
  int width() const { return width_; }
  int words() const { return words_; }
  std::size_t stride() const { return stride_; }

  // Word 0 of a row; row may be -2 .. height + 1, and words -1 and words() are zero.
  std::uint64_t* row(int y) { return bits_.data() + stride_ * static_cast<std::size_t>(y + 2) + 1; }
  const std::uint64_t* row(int y) const {
    return bits_.data() + stride_ * static_cast<std::size_t>(y + 2) + 1;
  }

  bool test(int y, int x) const { return (row(y)[x >> 6] >> (x & 63)) & 1; }
  void set(int y, int x) { row(y)[x >> 6] |= std::uint64_t{1} << (x & 63); }
  void clear(int y, int x) { row(y)[x >> 6] &= ~(std::uint64_t{1} << (x & 63)); }

  // The bits of the last word of a row that are columns of the page.
  std::uint64_t last_mask() const {
    return width_ % 64 == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << (width_ % 64)) - 1;
  }

  // Calls visit(x) for every set bit of columns first .. last (inclusive) of a row, in order.
  template <typename Visit>
  void for_each(int y, int first, int last, Visit&& visit) const {
    const std::uint64_t* words = row(y);
    const int low = first & 63, length = last - first;
    if (length < 64) {  // at most two words: put them together
      const std::uint64_t* from = words + (first >> 6);
      std::uint64_t bits = from[0] >> low;
      if (low + length > 63) bits |= from[1] << 1 << (63 - low);
      bits &= ~std::uint64_t{0} >> (63 - length);
      for (; bits != 0; bits &= bits - 1) visit(first + std::countr_zero(bits));
      return;
    }
    for (int k = first >> 6; k <= last >> 6; ++k) {
      std::uint64_t bits = words[k];
      if (k == first >> 6) bits &= ~std::uint64_t{0} << low;
      if (k == last >> 6) bits &= ~std::uint64_t{0} >> (63 - (last & 63));
      for (; bits != 0; bits &= bits - 1) visit(64 * k + std::countr_zero(bits));
    }
  }

 private:
  int height_, width_, words_;
  std::size_t stride_;
  std::vector<std::uint64_t> bits_;
};

// Pack bytes, zero or one, into the bits of a row of words, which are zero.
void pack_row(const std::uint8_t* pixels, int width, std::uint64_t* words);

// Pack (height, width) bytes, zero or one, into bits.
BitPlane pack(const std::uint8_t* image, int height, int width);

// The reverse: zeros and ones.
void unpack(const BitPlane& plane, std::uint8_t* image);

}  // namespace docbin
