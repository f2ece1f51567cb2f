// The parts of two planes of ink, and how strong the edge along each part's outline is.
//
// Parts are 8-connected. A part's outline is its pixels with a neighbour, of eight, that is not of
// its plane; where the page ends there is none. Parts of the second plane may touch the first: of
// their outline only what is not beside the first plane counts. The edge is the mean of the gradient
// sqrt(W / 64), W the squared Sobel sums of auto_ink.hpp, rounded to float and added in scan order.
#pragma once

#include <cstdint>
#include <vector>

#include "components.hpp"

namespace docbin {

class EdgeParts {
 public:
  // Planes are height x width bytes, zero or one; `power` is W.
  EdgeParts(const std::uint8_t* first, const std::uint8_t* second, const std::int32_t* power,
            int height, int width);

  // Parts of both planes, the first one's before the second's.
  std::size_t count() const { return lengths_.size(); }
  const std::vector<std::int64_t>& lengths() const { return lengths_; }  // of the outlines
  const std::vector<double>& gradients() const { return gradients_; }    // their sums there
  const std::vector<std::uint8_t>& at_end() const { return at_end_; }  // 1: reaches the page's end

  // The gradient of bare paper: of the median W of every seventh pixel, in scan order, that is more
  // than two pixels away from both planes; 0 if there is none.
  double noise() const { return noise_; }

  // out = the parts whose keep is not zero; count() of them.
  void paint(const std::uint8_t* keep, std::uint8_t* out) const;

  int height() const { return height_; }
  int width() const { return width_; }

 private:
  void measure(const Components& parts, const BitPlane& outline, const std::int32_t* power);

  int height_, width_;
  Components planes_[2];
  std::vector<std::int64_t> lengths_;
  std::vector<double> gradients_;
  std::vector<std::uint8_t> at_end_;
  double noise_ = 0;
};

// out = the 8-connected parts of `ink` of whose pixels at least `known` are set in `first`, and whose
// edge is more than `apart` of the mean edge of those parts; a part that reaches the page's end has
// no say in that mean unless all do. Planes are height x width bytes, zero or one.
void keep_edged(const std::uint8_t* ink, const std::uint8_t* first, const std::int32_t* power,
                double known, double apart, int height, int width, std::uint8_t* out);

}  // namespace docbin
