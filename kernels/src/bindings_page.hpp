// Pages that Python passes and what every face of kernels on pages checks: contiguous planes of one
// shape, outputs among them, allocated by the caller.
#pragma once

#include <nanobind/ndarray.h>

#include <cstdint>
#include <stdexcept>

namespace docbin {

template <typename Value>
using PlaneOf = nanobind::ndarray<Value, nanobind::ndim<2>, nanobind::c_contig, nanobind::device::cpu>;
using GrayIn = PlaneOf<const std::uint8_t>;
using BytesOut = PlaneOf<std::uint8_t>;
using FloatOut = PlaneOf<float>;

// Refuses planes that have not the shape of the first.
template <typename... Arrays>
void check_shapes(const GrayIn& gray, const Arrays&... others) {
  const auto same = [&](const auto& other) {
    return other.shape(0) == gray.shape(0) && other.shape(1) == gray.shape(1);
  };
  if (!(same(others) && ...)) throw std::invalid_argument("arrays differ in shape");
}

// A page {grey, height, width}, once all others are seen to have its shape.
template <typename Page, typename... Arrays>
Page page_of(const GrayIn& gray, const Arrays&... others) {
  if (gray.shape(0) == 0 || gray.shape(1) == 0) throw std::invalid_argument("empty page");
  check_shapes(gray, others...);
  return {gray.data(), static_cast<std::int64_t>(gray.shape(0)),
          static_cast<std::int64_t>(gray.shape(1))};
}

// Refuses windows that are not odd, or wider than `widest` where that is a bound.
inline void check_window(std::int64_t side, std::int64_t widest = INT64_MAX) {
  if (side < 1 || side % 2 == 0) throw std::invalid_argument("windows must be odd");
  if (side > widest) throw std::invalid_argument("windows must be at most 1023");
}

}  // namespace docbin
