// Python's face of the grid cuts: contiguous arrays of one shape in, ink allocated by the caller.
#include <nanobind/ndarray.h>

#include <stdexcept>

#include "bindings.hpp"
#include "grid_cut.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

using ExcessIn = nb::ndarray<const std::int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using CostIn = nb::ndarray<const std::uint16_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using InkOut = nb::ndarray<std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

template <typename Array>
void check_shape(const GridCut& cut, const Array& array) {
  if (static_cast<std::int64_t>(array.shape(0)) != cut.height() ||
      static_cast<std::int64_t>(array.shape(1)) != cut.width())
    throw std::invalid_argument("the array must have the shape of the grid");
}

}  // namespace

void bind_cut(nb::module_& m) {
  nb::class_<GridCut>(m, "GridCut")
      .def("__init__",
           [](GridCut* self, const ExcessIn& excess) {
             if (excess.shape(0) == 0 || excess.shape(1) == 0)
               throw std::invalid_argument("empty grid");
             nb::gil_scoped_release release;
             new (self) GridCut(excess.data(), static_cast<std::int64_t>(excess.shape(0)),
                                static_cast<std::int64_t>(excess.shape(1)));
           })
      .def("raise_costs",
           [](GridCut& self, const CostIn& right, const CostIn& down) {
             check_shape(self, right);
             check_shape(self, down);
             nb::gil_scoped_release release;
             return self.raise(right.data(), down.data());
           })
      .def("solve", &GridCut::solve, nb::call_guard<nb::gil_scoped_release>())
      .def("ink", [](const GridCut& self, const InkOut& out) {
        check_shape(self, out);
        nb::gil_scoped_release release;
        self.ink(out.data());
      });
}

}  // namespace docbin
