// Local sums row by row, exact for any page and window; see window.hpp for the maths and bounds,
// window_rows.hpp for the policy V and what may stand here.
#pragma once

#include <cstring>

#include "window_rules.hpp"

namespace docbin::window {

// How sums are held: 32-bit columns or 64; 32-bit prefix sums or 64; D in double, or modulo 2^64,
// or in 128 bits.
struct Narrow {
  using Column = std::uint32_t;
  using Prefix = std::uint32_t;
};
struct Broad {
  using Column = std::uint32_t;
  using Prefix = std::uint64_t;
};
struct Vast {
  using Column = std::uint64_t;
  using Prefix = std::uint64_t;
};

template <class V, class Held>
class Sums {
 public:
  using F = typename V::F;
  using U = typename V::U;
  using W = Wide<V>;
  using Column = typename Held::Column;
  using Prefix = typename Held::Prefix;
  static constexpr std::int64_t kPad = 64;

  // Column sums over the window of row y0, less the row that row(y0) will add.
  Sums(const Page& page, std::int64_t radius, std::int64_t y0, unsigned char* scratch)
      : page_(page), radius_(radius), side_(radius < page.width ? radius : page.width - 1) {
    const std::int64_t w = page.width;
    counts_ = carve<double>(scratch, w + kPad);
    column_ = carve<Column>(scratch, w + kPad);
    column2_ = carve<Column>(scratch, w + kPad);
    prefix_ = carve<Prefix>(scratch, w + 2 * side_ + kPad) + side_;
    prefix2_ = carve<Prefix>(scratch, w + 2 * side_ + kPad) + side_;
    none_ = carve<std::uint8_t>(scratch, w + kPad);
    grey_ = carve<std::uint8_t>(scratch, w + kPad);
    plane_ = carve<std::uint8_t>(scratch, w + kPad);
    bits_ = carve<std::uint8_t>(scratch, w / 8 + kPad);
    std::memset(column_, 0, sizeof(Column) * (w + kPad));
    std::memset(column2_, 0, sizeof(Column) * (w + kPad));
    std::memset(prefix_ - side_, 0, sizeof(Prefix) * (w + 2 * side_ + kPad));
    std::memset(prefix2_ - side_, 0, sizeof(Prefix) * (w + 2 * side_ + kPad));
    std::memset(none_, 0, w + kPad);
    std::memset(grey_, 0, w + kPad);
    std::memset(plane_, 0, w + kPad);
    for (std::int64_t x = 0; x < w + kPad; ++x) {
      const std::int64_t left = x > radius_ ? x - radius_ : 0;
      const std::int64_t right = x + radius_ < w ? x + radius_ + 1 : w;
      counts_[x] = x < w ? static_cast<double>(right - left) : 1.0;
    }
    top_ = y0 > radius_ ? y0 - radius_ : 0;
    bottom_ = top_;
    const std::int64_t last = y0 + radius_ < page.height ? y0 + radius_ : page.height;
    for (; bottom_ < last; ++bottom_) {
      const std::uint8_t* row = page.gray + bottom_ * w;
      for (std::int64_t x = 0; x < w; ++x) {
        const Column g = row[x];
        column_[x] += g;
        column2_[x] += g * g;
      }
    }
  }

  // Move to row y; rows are asked for in order.
  void row(std::int64_t y) {
    const std::int64_t w = page_.width;
    const std::uint8_t* enters = none_;
    const std::uint8_t* leaves = none_;
    if (y + radius_ < page_.height) enters = page_.gray + bottom_++ * w;
    if (y - radius_ > top_) leaves = page_.gray + top_++ * w;
    advance(enters, leaves);
    for (std::int64_t i = 1; i < side_ + kPad / 2; ++i) prefix_[w + i] = prefix_[w];
    for (std::int64_t i = 1; i < side_ + kPad / 2; ++i) prefix2_[w + i] = prefix2_[w];
    rows_ = static_cast<double>(bottom_ - top_);
    std::memcpy(grey_, page_.gray + y * w, w);
  }

  void plane_row(const std::uint8_t* plane) { std::memcpy(plane_, plane, page_.width); }

  // The sums at columns x..x+lanes-1; lanes beyond the page hold something finite.
  Local<V> at(std::int64_t x) const {
    Local<V> w;
    w.grey = V::grey(grey_ + x);
    w.plane = V::grey(plane_ + x);
    w.n = W::template load<F>(counts_ + x) * rows_;
    const Prefix* high = prefix_ + x + side_ + 1;
    const Prefix* low = prefix_ + x - side_;
    const Prefix* high2 = prefix2_ + x + side_ + 1;
    const Prefix* low2 = prefix2_ + x - side_;
    if constexpr (sizeof(Prefix) == 4) {
      w.S = V::small(high, low);
      w.Q = V::wide32(high2, low2);
      w.D = w.n * w.Q - w.S * w.S;
    } else {
      const U s = W::template load<U>(high) - W::template load<U>(low);
      const U q = W::template load<U>(high2) - W::template load<U>(low2);
      const U n = W::whole(w.n);
      w.S = W::below52(s);
      w.Q = W::below52(q);
      if constexpr (sizeof(Column) == 8) {
        double d[V::lanes];
        for (int i = 0; i < V::lanes; ++i) {
          using Big = unsigned __int128;
          d[i] = static_cast<double>(static_cast<Big>(n[i]) * q[i] - static_cast<Big>(s[i]) * s[i]);
        }
        w.D = W::template load<F>(d);
      } else {
        w.D = W::any(n * q - s * s);
      }
    }
    return w;
  }

  double rows() const { return rows_; }
  const double* counts() const { return counts_; }
  std::uint8_t* bits() { return bits_; }

 private:
  // Add one row to the column sums and take one from them; prefix[x + 1] = columns 0..x.
  void advance(const std::uint8_t* enters, const std::uint8_t* leaves) {
    const std::int64_t w = page_.width;
    std::int64_t x =
        V::advance(enters, leaves, column_, column2_, prefix_ + 1, prefix2_ + 1, w);
    for (; x < w; ++x) {
      const Column a = enters[x], b = leaves[x];
      prefix_[x + 1] = prefix_[x] + (column_[x] += a - b);
      prefix2_[x + 1] = prefix2_[x] + (column2_[x] += a * a - b * b);
    }
  }

  template <class T>
  static T* carve(unsigned char*& from, std::int64_t count) {
    const auto at = (reinterpret_cast<std::uintptr_t>(from) + 63) & ~std::uintptr_t{63};
    from = reinterpret_cast<unsigned char*>(at) + sizeof(T) * count;
    return reinterpret_cast<T*>(at);
  }

  const Page page_;
  const std::int64_t radius_, side_;
  double* counts_;
  Column *column_, *column2_;
  Prefix *prefix_, *prefix2_;
  std::uint8_t *none_, *grey_, *plane_, *bits_;
  std::int64_t top_ = 0, bottom_ = 0;
  double rows_ = 0;
};

}  // namespace docbin::window
