// What scoring a prediction against its ground truth needs beyond counting: the distortion of
// Lu, Kot and Shi, and sums under a map of weights. Images are (height, width) bytes, 1 = ink.
//
// Lu, Kot, Shi: Distance-reciprocal distortion measure for binary document images, IEEE Signal
// Processing Letters 11(2), 2004.
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin {

// A flipped pixel's 5 x 5 neighbours fall into five classes of squared distance.
inline constexpr int kDistanceClasses = 5;  // 1, 2, 4, 5, 8

struct Distortion {
  // Per class, over all flipped pixels: neighbours whose truth differs from the flipped value.
  // Neighbours beyond the page count as equal. At most 8 a pixel and class.
  std::int64_t differing[kDistanceClasses];
  // Complete 8 x 8 blocks of the truth, from the top left, that are not of one colour.
  std::int64_t mixed_blocks;
};
Distortion distortion(const std::uint8_t* ink, const std::uint8_t* truth, int height, int width);

// The sum of the weights of those neighbours in single precision, pixel after pixel in scan order,
// as the official tool adds it up; `weights` is its normalised 5 x 5 matrix.
float distortion_single(const std::uint8_t* ink, const std::uint8_t* truth, int height, int width,
                        const float* weights);

// Sums in scan order: recall weight of the truth found, of all the truth, and 1 + precision weight
// of the ink that is right, of all the ink.
struct WeightedSums {
  double found, truth, right, ink;
};
void add_recall(const std::uint8_t* ink, const std::uint8_t* truth, const double* recall,
                std::size_t pixels, WeightedSums& sums);
void add_precision(const std::uint8_t* ink, const std::uint8_t* truth, const double* precision,
                   std::size_t pixels, WeightedSums& sums);
WeightedSums weighted_sums(const std::uint8_t* ink, const std::uint8_t* truth,
                           const double* recall, const double* precision, std::size_t pixels);

}  // namespace docbin
