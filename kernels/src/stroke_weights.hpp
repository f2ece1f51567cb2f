// The weights of the pseudo-F-measure: how much each pixel of a ground truth matters.
//
//   recall weight     D / N on text: D the chessboard distance from the contour, N such that a cut
//                     across a stroke sums to about one, so every break of a stroke costs the same
//   precision weight  D / N on background up to one stroke width from a component: N the stroke
//                     width, or half the gap where two components are about to merge; at most 2
//
// Ntirogiannis, Gatos, Pratikakis: Performance evaluation methodology for historical document image
// binarization, IEEE Transactions on Image Processing 22(2), 2013. What the paper leaves open (scan
// orders, ties, borders) follows the weight files of the authors' tool, to the last pixel.
#pragma once

#include <cstdint>

#include "scores.hpp"

namespace docbin {

// truth: (height, width) bytes, 1 = ink. recall and precision: (height, width), every pixel is
// written, rounded to the six decimals of a weight file; the precision weight is what exceeds one.
void stroke_weights(const std::uint8_t* truth, int height, int width, double* recall,
                    double* precision);

// What weighted_sums gives with these maps, without the 16 bytes a pixel that they take.
WeightedSums stroke_weighted_sums(const std::uint8_t* ink, const std::uint8_t* truth, int height,
                                  int width);

}  // namespace docbin
