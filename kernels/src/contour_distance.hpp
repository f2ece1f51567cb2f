// How far the pixels of a page lie from the contour of its text, in sums.
//
// The contour is the set pixels with an unset one, or the page's end, above, below, left or right.
// d(p) is the Euclidean distance of a pixel's middle from the nearest contour pixel's middle. Down
// and up the columns go the steps g to the contour above and below; along a row
//
//     d(q)^2 = min over x of g(x)^2 + (q - x)^2,
//
// parabolas of one shape, whose lower envelope is the lower convex hull of the points
// (x, g(x)^2 + x^2) (Felzenszwalb, Huttenlocher: Distance transforms of sampled functions, Theory
// of Computing 8, 2012). All of that is in integers. Roots are rounded to multiples of 2^-24 and
// added up as integers: the sums are the same in any order, so on every target. d of neighbours
// differs by one at most, so the row before bounds how far a pixel's contour is to its side: near
// text a few columns are tried, elsewhere only the part of the hull within that bound is built.
//
// Sides are at most kLongestSide: then a row's sum stays below 2^61 and the page's below 2^55, both
// in units of 2^-24 and of 1.
#pragma once

#include <cstdint>

namespace docbin {

inline constexpr int kLongestSide = 1 << 18;

struct DistanceSums {
  double wrong;  // of d over the pixels where ink and truth differ
  double page;   // of d over all pixels
};

// Images are (height, width) bytes, 0 or 1. Both sums are 0 where the truth has no ink.
DistanceSums contour_distances(const std::uint8_t* ink, const std::uint8_t* truth, int height,
                               int width);

}  // namespace docbin
