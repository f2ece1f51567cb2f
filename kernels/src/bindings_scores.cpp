#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/tuple.h>

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "bindings.hpp"
#include "bitplane.hpp"
#include "contour_distance.hpp"
#include "scores.hpp"
#include "stroke_weights.hpp"
#include "thinning.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

using Image = nb::ndarray<const bool, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Result = nb::ndarray<bool, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Weights = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using WeightsOut = nb::ndarray<double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Matrix = nb::ndarray<const float, nb::shape<5, 5>, nb::c_contig, nb::device::cpu>;

template <typename A, typename B>
void check_same(const A& a, const B& b) {
  if (a.shape(0) != b.shape(0) || a.shape(1) != b.shape(1))
    throw std::invalid_argument("arrays differ in shape");
}

// A numpy bool is a byte of zero or one.
template <typename A>
const std::uint8_t* bytes(const A& image) {
  return reinterpret_cast<const std::uint8_t*>(image.data());
}

template <typename A>
int rows(const A& image) {
  return static_cast<int>(image.shape(0));
}
template <typename A>
int columns(const A& image) {
  return static_cast<int>(image.shape(1));
}

}  // namespace

void bind_scores(nb::module_& m) {
  m.def("distortion", [](Image ink, Image truth) {
    check_same(ink, truth);
    Distortion result;
    {
      nb::gil_scoped_release unlocked;
      result = distortion(bytes(ink), bytes(truth), rows(ink), columns(ink));
    }
    const auto& d = result.differing;
    return std::make_tuple(d[0], d[1], d[2], d[3], d[4], result.mixed_blocks);
  });
  m.def("distortion_single", [](Image ink, Image truth, Matrix weights) {
    check_same(ink, truth);
    nb::gil_scoped_release unlocked;
    return distortion_single(bytes(ink), bytes(truth), rows(ink), columns(ink), weights.data());
  });
  m.def("weighted_sums", [](Image ink, Image truth, Weights recall, Weights precision) {
    check_same(ink, truth);
    check_same(ink, recall);
    check_same(ink, precision);
    nb::gil_scoped_release unlocked;
    const WeightedSums s = weighted_sums(bytes(ink), bytes(truth), recall.data(), precision.data(),
                                         ink.size());
    return std::make_tuple(s.found, s.truth, s.right, s.ink);
  });
  m.def("stroke_weighted_sums", [](Image ink, Image truth) {
    check_same(ink, truth);
    WeightedSums s;
    {
      nb::gil_scoped_release unlocked;
      s = stroke_weighted_sums(bytes(ink), bytes(truth), rows(ink), columns(ink));
    }
    return std::make_tuple(s.found, s.truth, s.right, s.ink);
  });
  m.def("contour_distances", [](Image ink, Image truth) {
    check_same(ink, truth);
    if (ink.shape(0) > kLongestSide || ink.shape(1) > kLongestSide)
      throw std::invalid_argument("a side is longer than 262144");
    nb::gil_scoped_release unlocked;
    const DistanceSums s = contour_distances(bytes(ink), bytes(truth), rows(ink), columns(ink));
    return std::make_tuple(s.wrong, s.page);
  });
  m.def("thin", [](Image ink, bool lee_chen, Result skeleton) {
    check_same(ink, skeleton);
    nb::gil_scoped_release unlocked;
    BitPlane plane = pack(bytes(ink), rows(ink), columns(ink));
    lee_chen ? thin_lee_chen(plane) : thin_guo_hall(plane);
    unpack(plane, reinterpret_cast<std::uint8_t*>(skeleton.data()));
  });
  m.def("stroke_weights", [](Image truth, WeightsOut recall, WeightsOut precision) {
    check_same(truth, recall);
    check_same(truth, precision);
    nb::gil_scoped_release unlocked;
    stroke_weights(bytes(truth), rows(truth), columns(truth), recall.data(), precision.data());
  });
}

}  // namespace docbin
