// Chessboard distances of a page to its nearest set pixels, and which set pixels those are: all of
// them, not one of them.
//
// With d the distance, q is nearest to p exactly if a neighbour of p whose d is one less has q
// nearest too. So what the nearest pixels say is passed on from neighbour to neighbour: along the
// rows of the set pixels, then down and up the page, because from q to p a shortest path can always
// be walked with its steps along q's row first and a row nearer to p with each of the others.
#pragma once

#include <algorithm>
#include <cstdint>

#include "bitplane.hpp"
#include "components.hpp"
#include "page_memory.hpp"

namespace docbin {

inline constexpr std::uint16_t kNever = 0xffff;  // a distance to nothing

// (height, width), 0 at the set pixels, the seeds; exact below kNever.
void chessboard_distance(const BitPlane& seeds, PageArray<std::uint16_t>& distance);

// Give every pixel the largest of the values that the set pixels nearest to it hold; values of
// other pixels are overwritten. Where nothing is set, 0.
void largest_of_nearest(const BitPlane& seeds, const PageArray<std::uint16_t>& distance,
                        PageArray<std::uint16_t>& values);

// The same for names, positive numbers below the type's -1: the one name that all nearest pixels
// have, or kMixed.
template <typename Name>
inline constexpr Name kMixed = static_cast<Name>(-1);
void name_of_nearest(const BitPlane& seeds, const PageArray<std::uint16_t>& distance,
                     PageArray<std::uint16_t>& names);
void name_of_nearest(const BitPlane& seeds, const PageArray<std::uint16_t>& distance,
                     PageArray<std::int32_t>& names);

// The reverse: every set pixel gets the largest of the values of the pixels it is nearest to, its
// own included. Values are not negative; those of other pixels are left in between.
void gather_at_nearest(const BitPlane& seeds, const PageArray<std::uint16_t>& distance,
                       PageArray<std::int32_t>& values);

// Finds the set pixels nearest to a pixel within a component's bounding box. The whole box counts,
// also where it holds pixels of other components.
class NearestInBox {
 public:
  // `distance` is the seeds' chessboard distance and must outlive this.
  NearestInBox(const BitPlane& seeds, const PageArray<std::uint16_t>& distance);

  int distance(int y, int x) const {
    return distance_[static_cast<std::size_t>(y) * static_cast<std::size_t>(rows_.width()) + x];
  }

  bool is_page(const Component& box) const {
    return box.top == 0 && box.left == 0 && box.bottom == rows_.height() - 1 &&
           box.right == rows_.width() - 1;
  }

  // Whether all pixels nearest to this one lie in the box: the box does not cut the square around
  // it, or only where the page ends.
  bool all_in_box(const Component& box, int y, int x) const {
    const int r = distance(y, x);
    return (y - r >= box.top || box.top == 0) && (x - r >= box.left || box.left == 0) &&
           (y + r <= box.bottom || box.bottom == rows_.height() - 1) &&
           (x + r <= box.right || box.right == rows_.width() - 1);
  }

  // Calls visit(y, x) for each nearest pixel, in no particular order; false if the box holds none.
  template <typename Visit>
  bool visit(const Component& box, int y, int x, Visit&& visit) const {
    const int nearest = distance(y, x);
    if (nearest == kNever) return false;
    if (nearest == 0 && holds(box, y, x)) {
      visit(y, x);
      return true;
    }
    if (nearest == 1 && visit_beside(box, y, x, visit)) return true;
    for (int radius = nearest;; ++radius) {
      bool found = false;
      const int top = y - radius, bottom = y + radius, left = x - radius, right = x + radius;
      const int first = std::max(left, box.left), last = std::min(right, box.right);
      const int upper = std::max(top + 1, box.top), lower = std::min(bottom - 1, box.bottom);
      const auto in_row = [&](int row) {
        rows_.for_each(row, first, last, [&](int column) {
          found = true;
          visit(row, column);
        });
      };
      const auto in_column = [&](int column) {
        columns_.for_each(column, upper, lower, [&](int row) {
          found = true;
          visit(row, column);
        });
      };
      if (top >= box.top) in_row(top);
      if (bottom <= box.bottom && bottom != top) in_row(bottom);
      if (upper <= lower && left >= box.left) in_column(left);
      if (upper <= lower && right <= box.right) in_column(right);
      if (found) return true;
      if (top <= box.top && bottom >= box.bottom && left <= box.left && right >= box.right)
        return false;
    }
  }

 private:
  static bool holds(const Component& box, int y, int x) {
    return y >= box.top && y <= box.bottom && x >= box.left && x <= box.right;
  }

  // The set pixels among the eight around one that is not set; false if the box holds none.
  template <typename Visit>
  bool visit_beside(const Component& box, int y, int x, Visit&& visit) const {
    const std::uint64_t columns = 7u & (x > box.left ? 7u : 6u) & (x < box.right ? 7u : 3u);
    bool found = false;
    for (int row = y > box.top ? y - 1 : y; row <= y + 1 && row <= box.bottom; ++row) {
      // Column x - 1 may be -1: a zero word stands before the row.
      const std::uint64_t* word = rows_.row(row) + ((x + 63) >> 6) - 1;
      const int low = (x + 63) & 63;
      std::uint64_t bits = (word[0] >> low | word[1] << 1 << (63 - low)) & columns;
      found = found || bits != 0;
      for (; bits != 0; bits &= bits - 1) visit(row, x - 1 + std::countr_zero(bits));
    }
    return found;
  }

  BitPlane rows_, columns_;
  const PageArray<std::uint16_t>& distance_;
};

}  // namespace docbin
