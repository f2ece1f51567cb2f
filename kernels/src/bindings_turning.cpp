// Python's face of turning: a contiguous page and its tables of places in, pixels allocated by the
// caller.
#include <nanobind/ndarray.h>

#include <stdexcept>

#include "bindings.hpp"
#include "turning.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

using PixelsIn = nb::ndarray<const std::uint8_t, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using PixelsOut = nb::ndarray<std::uint8_t, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using PlacesIn = nb::ndarray<const std::int32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using FillIn = nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

}  // namespace

void bind_turning(nb::module_& m) {
  m.def("turned", [](const PixelsIn& pixels, const PlacesIn& across, const PlacesIn& row,
                     const PlacesIn& down, const PlacesIn& rows, const FillIn& fill,
                     const PixelsOut& out) {
    if (pixels.size() == 0 || out.size() == 0) throw std::invalid_argument("empty page");
    if (across.shape(0) != out.shape(1) || down.shape(0) != out.shape(1) ||
        rows.shape(0) != out.shape(0) || row.shape(0) != pixels.shape(0))
      throw std::invalid_argument("a table of places must be as long as the side it is of");
    if (fill.shape(0) != pixels.shape(2) || out.shape(2) != pixels.shape(2))
      throw std::invalid_argument("page, fill and output must have the same channels");
    const turning::Image page = {
        pixels.data(), static_cast<std::int64_t>(pixels.shape(0)),
        static_cast<std::int64_t>(pixels.shape(1)), static_cast<std::int64_t>(pixels.shape(2))};
    const turning::Places places = {across.data(), row.data(), down.data(), rows.data()};
    nb::gil_scoped_release release;
    turning::turned(page, places, fill.data(), static_cast<std::int64_t>(out.shape(0)),
                    static_cast<std::int64_t>(out.shape(1)), out.data());
  });
}

}  // namespace docbin
