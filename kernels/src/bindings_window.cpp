// Python's face of the window kernels: contiguous pages in, outputs allocated by the caller.
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>

#include <array>
#include <optional>
#include <stdexcept>

#include "bindings.hpp"
#include "bindings_page.hpp"
#include "edge_mean.hpp"
#include "window.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

// The data of a plane that may be missing, of the page's shape.
template <typename Array>
auto data_of(const std::optional<Array>& plane, const GrayIn& page) {
  if (plane) page_of<window::Page>(page, *plane);
  return plane ? plane->data() : nullptr;
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
          const auto page = page_of<window::Page>(gray);
          check_window(side);
          if (formula < 0 || formula > static_cast<int>(window::Formula::wan))
            throw std::invalid_argument("no such formula");
          window::Rule rule{static_cast<window::Formula>(formula),
                            {settings[0], settings[1], settings[2], settings[3]},
                            nullptr};
          rule.plane = data_of(plane, gray);
          if (rule.formula == window::Formula::wan && rule.plane == nullptr)
            throw std::invalid_argument("wan needs the local maximum");
          const window::Ink ink = ink_of(out, page, packed);
          nb::gil_scoped_release release;
          window::threshold(page, side, rule, ink, threads);
        });
  m.def("window_moments", [](const GrayIn& gray, std::int64_t side, const FloatOut& mean,
                             const FloatOut& deviation, int threads) {
    const auto page = page_of<window::Page>(gray, mean, deviation);
    check_window(side);
    nb::gil_scoped_release release;
    window::moments(page, side, mean.data(), deviation.data(), threads);
  });
  m.def("window_max_variance", [](const GrayIn& gray, std::int64_t side, int threads) {
    const auto page = page_of<window::Page>(gray);
    check_window(side);
    nb::gil_scoped_release release;
    return window::max_variance(page, side, threads);
  });
  m.def("window_extremes",
        [](const GrayIn& gray, std::int64_t side, const std::optional<BytesOut>& low,
           const std::optional<BytesOut>& high, const std::optional<BytesOut>& contrast,
           int threads) {
          const auto page = page_of<window::Page>(gray);
          check_window(side);
          window::Extremes wanted{};
          wanted.low = data_of(low, gray);
          wanted.high = data_of(high, gray);
          wanted.contrast = data_of(contrast, gray);
          nb::gil_scoped_release release;
          window::extremes(page, side, wanted, threads);
        });
  m.def("window_bernsen", [](const GrayIn& gray, std::int64_t side, int limit, int fallback,
                             const BytesOut& out, bool packed, int threads) {
    const auto page = page_of<window::Page>(gray);
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
    const auto page = page_of<window::Page>(gray, edge, out);
    check_window(side, edge_mean::kWidest);
    nb::gil_scoped_release release;
    edge_mean::ink_by_edges(page.gray, edge.data(), page.height, page.width, {side, least, spread},
                            out.data());
  });
}

}  // namespace docbin
