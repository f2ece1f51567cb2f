// Python's face of the window kernels: contiguous pages in, outputs allocated by the caller.
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>

#include <array>
#include <optional>
#include <stdexcept>

#include "bindings.hpp"
#include "edge_mean.hpp"
#include "window.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

using GrayIn = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using BytesOut = nb::ndarray<std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using FloatOut = nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

window::Page page_of(const GrayIn& gray) {
  if (gray.shape(0) == 0 || gray.shape(1) == 0) throw std::invalid_argument("empty page");
  return {gray.data(), static_cast<std::int64_t>(gray.shape(0)),
          static_cast<std::int64_t>(gray.shape(1))};
}

void check_window(std::int64_t side) {
  if (side < 1 || side % 2 == 0) throw std::invalid_argument("window must be odd");
}

template <typename Array>
auto* same_shape(const Array& out, const window::Page& page) {
  if (static_cast<std::int64_t>(out.shape(0)) != page.height ||
      static_cast<std::int64_t>(out.shape(1)) != page.width)
    throw std::invalid_argument("the output must have the shape of the page");
  return out.data();
}

window::Ink ink_of(const BytesOut& out, const window::Page& page, bool packed) {
  const std::int64_t stride = packed ? (page.width + 7) / 8 : page.width;
  if (static_cast<std::int64_t>(out.shape(0)) != page.height ||
      static_cast<std::int64_t>(out.shape(1)) != stride)
    throw std::invalid_argument("the ink must have the shape of the page");
  return {out.data(), stride, packed};
}

}  // namespace

void bind_window(nb::module_& m) {
  m.def("window_threshold",
        [](const GrayIn& gray, int formula, const std::array<double, 4>& settings,
           const std::optional<GrayIn>& plane, std::int64_t side, const BytesOut& out, bool packed,
           int threads) {
          const window::Page page = page_of(gray);
          check_window(side);
          if (formula < 0 || formula > static_cast<int>(window::Formula::wan))
            throw std::invalid_argument("no such formula");
          window::Rule rule{static_cast<window::Formula>(formula),
                            {settings[0], settings[1], settings[2], settings[3]},
                            nullptr};
          if (plane) rule.plane = same_shape(*plane, page);
          if (rule.formula == window::Formula::wan && rule.plane == nullptr)
            throw std::invalid_argument("wan needs the local maximum");
          const window::Ink ink = ink_of(out, page, packed);
          nb::gil_scoped_release release;
          window::threshold(page, side, rule, ink, threads);
        });
  m.def("window_moments", [](const GrayIn& gray, std::int64_t side, const FloatOut& mean,
                             const FloatOut& deviation, int threads) {
    const window::Page page = page_of(gray);
    check_window(side);
    float* const m = same_shape(mean, page);
    float* const s = same_shape(deviation, page);
    nb::gil_scoped_release release;
    window::moments(page, side, m, s, threads);
  });
  m.def("window_max_variance", [](const GrayIn& gray, std::int64_t side, int threads) {
    const window::Page page = page_of(gray);
    check_window(side);
    nb::gil_scoped_release release;
    return window::max_variance(page, side, threads);
  });
  m.def("window_extremes",
        [](const GrayIn& gray, std::int64_t side, const std::optional<BytesOut>& low,
           const std::optional<BytesOut>& high, const std::optional<BytesOut>& contrast,
           int threads) {
          const window::Page page = page_of(gray);
          check_window(side);
          window::Extremes wanted{};
          if (low) wanted.low = same_shape(*low, page);
          if (high) wanted.high = same_shape(*high, page);
          if (contrast) wanted.contrast = same_shape(*contrast, page);
          nb::gil_scoped_release release;
          window::extremes(page, side, wanted, threads);
        });
  m.def("window_bernsen", [](const GrayIn& gray, std::int64_t side, int limit, int fallback,
                             const BytesOut& out, bool packed, int threads) {
    const window::Page page = page_of(gray);
    check_window(side);
    window::Extremes wanted{};
    wanted.ink = ink_of(out, page, packed);
    wanted.limit = limit;
    wanted.fallback = fallback;
    nb::gil_scoped_release release;
    window::extremes(page, side, wanted, threads);
  });
  m.def("ink_by_edges", [](const GrayIn& gray, const GrayIn& edge, std::int64_t side, int least,
                           double spread, const BytesOut& out) {
    const window::Page page = page_of(gray);
    const std::uint8_t* const seeds = same_shape(edge, page);
    std::uint8_t* const ink = same_shape(out, page);
    check_window(side);
    if (side > edge_mean::kWidest) throw std::invalid_argument("window must be at most 1023");
    nb::gil_scoped_release release;
    edge_mean::ink_by_edges(page.gray, seeds, page.height, page.width, {side, least, spread}, ink);
  });
}

}  // namespace docbin
