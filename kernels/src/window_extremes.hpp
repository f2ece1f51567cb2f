// Local minimum and maximum, and what is decided on them; see window.hpp for the maths.
//
// Included by every window_TARGET.cpp as window_rows.hpp is, under the same rule: V names that
// file's own type, so that these plain loops, which the compiler turns into that target's vectors,
// stay in its object file.
#pragma once

#include <cstring>

#include "window.hpp"

namespace docbin::window {

template <class V>
struct Lower {
  static constexpr std::uint8_t identity = 255;
  static std::uint8_t of(std::uint8_t a, std::uint8_t b) { return a < b ? a : b; }
};
template <class V>
struct Higher {
  static constexpr std::uint8_t identity = 0;
  static std::uint8_t of(std::uint8_t a, std::uint8_t b) { return a > b ? a : b; }
};

template <class Op>
void combine(const std::uint8_t* __restrict a, const std::uint8_t* __restrict b,
             std::uint8_t* __restrict out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = Op::of(a[i], b[i]);
}

// One extreme, row by row. Down the columns by van Herk and Gil-Werman: rows are cut into blocks of
// one window; an output is the suffix of one block and the prefix of the next. Along the row by
// doubling: the extreme of 2 l pixels is that of two runs of l.
template <class Op>
class Extreme {
 public:
  Extreme(const Page& page, std::int64_t radius, std::int64_t y0, unsigned char*& scratch)
      : page_(page),
        down_(radius < page.height ? radius : page.height - 1),
        across_(radius < page.width ? radius : page.width - 1),
        start_(y0 - down_) {
    const std::int64_t window = 2 * down_ + 1;
    suffix_ = scratch;
    scratch += (window < page.height ? window : page.height) * page.width;
    prefix_ = scratch;
    scratch += page.width + 64;
    line_ = scratch;
    scratch += page.width + 2 * across_ + 64;
    other_ = scratch;
    scratch += page.width + 2 * across_ + 64;
    new_block();
  }

  // The extremes of row y, in page.width bytes; rows are asked for in order.
  const std::uint8_t* row(std::int64_t y) {
    const std::int64_t w = page_.width, window = 2 * down_ + 1;
    if (y - down_ == start_ + window) {
      start_ += window;
      new_block();
    }
    const std::int64_t from = y - down_ > 0 ? y - down_ : 0;  // first row of the window
    const std::int64_t to = y + down_;                        // its last, maybe off the page
    if (to >= start_ + window && to < page_.height)
      for (std::int64_t x = 0; x < w; ++x)
        prefix_[x] = Op::of(prefix_[x], page_.gray[to * w + x]);
    std::uint8_t* line = line_ + across_;
    combine<Op>(suffix_ + (from - first_) * w, prefix_, line, w);
    return along();
  }

 private:
  void new_block() {
    const std::int64_t w = page_.width, window = 2 * down_ + 1;
    first_ = start_ > 0 ? start_ : 0;
    const std::int64_t end = start_ + window < page_.height ? start_ + window : page_.height;
    std::memset(prefix_, Op::identity, w);
    std::memcpy(suffix_ + (end - 1 - first_) * w, page_.gray + (end - 1) * w, w);
    for (std::int64_t y = end - 2; y >= first_; --y)
      combine<Op>(suffix_ + (y + 1 - first_) * w, page_.gray + y * w, suffix_ + (y - first_) * w,
                  w);
  }

  const std::uint8_t* along() {
    const std::int64_t w = page_.width, window = 2 * across_ + 1, all = w + 2 * across_;
    std::memset(line_, Op::identity, across_);
    std::memset(line_ + across_ + w, Op::identity, across_);
    std::uint8_t *from = line_, *to = other_;
    std::int64_t length = 1;
    for (; 2 * length <= window; length *= 2) {
      combine<Op>(from, from + length, to, all - 2 * length + 1);
      std::uint8_t* const swap = from;
      from = to;
      to = swap;
    }
    if (length < window) {
      combine<Op>(from, from + (window - length), to, w);
      return to;
    }
    return from;
  }

  const Page page_;
  const std::int64_t down_, across_;
  std::int64_t start_, first_ = 0;  // the block's first row, and its first row on the page
  std::uint8_t *suffix_, *prefix_, *line_, *other_;
};

template <class V>
void bernsen_row(const std::uint8_t* __restrict grey, const std::uint8_t* __restrict low,
                 const std::uint8_t* __restrict high, std::uint8_t* __restrict ink,
                 std::int64_t width, std::uint8_t limit, std::uint8_t fallback) {
  for (std::int64_t x = 0; x < width; ++x) {
    const std::uint8_t a = low[x], b = high[x];
    const auto spread = static_cast<std::uint8_t>(b - a);
    const auto middle = static_cast<std::uint8_t>((a & b) + ((a ^ b) >> 1));
    const std::uint8_t level = spread > limit ? middle : fallback;
    const std::uint8_t flat = spread != 0;
    ink[x] = static_cast<std::uint8_t>((grey[x] <= level) & flat);
  }
}

template <class V>
void contrast_row(const std::uint8_t* __restrict low, const std::uint8_t* __restrict high,
                  std::uint8_t* __restrict out, std::int64_t width) {
  for (std::int64_t x = 0; x < width; ++x) {
    const int a = low[x], b = high[x];
    out[x] = static_cast<std::uint8_t>(
        static_cast<int>(255.0 * (static_cast<double>(b - a) / (0.0001 + (a + b)))));
  }
}

template <class V>
void extremes_on(const Page& page, std::int64_t radius, const Extremes& wanted, std::int64_t y0,
                 std::int64_t y1, unsigned char* scratch) {
  const bool both = wanted.contrast != nullptr || wanted.ink.data != nullptr;
  const bool want_low = both || wanted.low != nullptr, want_high = both || wanted.high != nullptr;
  const std::int64_t w = page.width;
  Extreme<Lower<V>> lows(page, radius, y0, scratch);
  Extreme<Higher<V>> highs(page, radius, y0, scratch);
  std::uint8_t* const flags = scratch;
  for (std::int64_t y = y0; y < y1; ++y) {
    const std::uint8_t* low = want_low ? lows.row(y) : nullptr;
    const std::uint8_t* high = want_high ? highs.row(y) : nullptr;
    if (wanted.low != nullptr) std::memcpy(wanted.low + y * w, low, w);
    if (wanted.high != nullptr) std::memcpy(wanted.high + y * w, high, w);
    if (wanted.contrast != nullptr) contrast_row<V>(low, high, wanted.contrast + y * w, w);
    if (wanted.ink.data == nullptr) continue;
    std::uint8_t* out = wanted.ink.data + y * wanted.ink.stride;
    std::uint8_t* row = wanted.ink.packed ? flags : out;
    bernsen_row<V>(page.gray + y * w, low, high, row, w, static_cast<std::uint8_t>(wanted.limit),
                   static_cast<std::uint8_t>(wanted.fallback));
    if (!wanted.ink.packed) continue;
    for (std::int64_t i = 0; i < wanted.ink.stride; ++i) {
      unsigned byte = 0;
      for (std::int64_t x = 8 * i; x < 8 * i + 8; ++x)
        byte = byte << 1 | (x < w ? flags[x] : 0u);
      out[i] = static_cast<std::uint8_t>(byte);
    }
  }
}

}  // namespace docbin::window
