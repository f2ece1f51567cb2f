#include "stroke_weights.hpp"

#include <algorithm>

#include "stroke_sides.hpp"

namespace docbin {
namespace {

void weigh(const std::uint8_t* truth, int height, int width, const BitPlane& wanted,
           const TakeRow& recall, const TakeRow& precision) {
  Text text = text_of(truth, height, width);
  StrokeRoom room;
  weigh_text(text, room, recall);
  weigh_background(text, wanted, room, precision);
}

}  // namespace

void stroke_weights(const std::uint8_t* truth, int height, int width, double* recall,
                    double* precision) {
  const std::size_t stride = static_cast<std::size_t>(width);
  const auto into = [&](double* map) {
    return [=](int y, const double* row) { std::copy_n(row, stride, map + stride * y); };
  };
  BitPlane all(height, width);
  for (int y = 0; y < height; ++y) std::fill_n(all.row(y), all.words(), ~std::uint64_t{0});
  weigh(truth, height, width, all, into(recall), into(precision));
}

WeightedSums stroke_weighted_sums(const std::uint8_t* ink, const std::uint8_t* truth, int height,
                                  int width) {
  WeightedSums sums{0.0, 0.0, 0.0, 0.0};
  const std::size_t stride = static_cast<std::size_t>(width);
  const auto at = [&](int y) { return stride * static_cast<std::size_t>(y); };
  weigh(
      truth, height, width, pack(ink, height, width),
      [&](int y, const double* row) { add_recall(ink + at(y), truth + at(y), row, stride, sums); },
      [&](int y, const double* row) {
        add_precision(ink + at(y), truth + at(y), row, stride, sums);
      });
  return sums;
}

}  // namespace docbin
