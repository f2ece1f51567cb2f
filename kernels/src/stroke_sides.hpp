// The two sides of the stroke weights, which stroke_weights_scalar.cpp puts together: see
// stroke_weights.hpp.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "bitplane.hpp"
#include "chessboard.hpp"
#include "components.hpp"
#include "strokes.hpp"

namespace docbin {

// What the two sides share.
struct Text {
  BitPlane ink, contour;
  Components components;
  PageArray<std::uint16_t> from_contour;
  std::vector<int> stroke_width;  // a component
};

// Takes row y of a map of weights, (width) numbers.
using TakeRow = std::function<void(int, const double*)>;

// The text of a truth, 1 = ink, but for the widths of its strokes.
Text text_of(const std::uint8_t* truth, int height, int width);

// Take the recall weights of every row; finds the widths of the strokes.
void weigh_text(Text& text, StrokeRoom& room, const TakeRow& take);

// Take the precision weights of every row, those of wanted pixels at least.
void weigh_background(const Text& text, const BitPlane& wanted, StrokeRoom& room,
                      const TakeRow& take);

// A component without skeleton (background that lies on the page's frame only) gets one pixel: the
// middle of its mass, or its first pixel where the middle is not its own.
void seed_components(BitPlane& skeleton, const Components& components);

// As a weight file holds it: six decimals, rounded as printf does, to even where the binary value
// lies exactly between two.
inline double six_decimals(double weight) {
  const double scaled = weight * 1e6;  // at most 250 million
  std::int64_t below = static_cast<std::int64_t>(scaled);
  double rest = scaled - static_cast<double>(below);
  if (rest == 0.5) rest += std::fma(weight, 1e6, -scaled);  // what the product lost decides
  if (rest > 0.5 || (rest == 0.5 && below % 2 != 0)) ++below;
  return static_cast<double>(below) / 1e6;
}

}  // namespace docbin
