// Python's face of the automatic method's kernels: contiguous pages in, planes allocated by the
// caller. What is as long as there are parts comes back as arrays of its own.
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/tuple.h>

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "auto_ink.hpp"
#include "bindings.hpp"
#include "bindings_page.hpp"
#include "edge_parts.hpp"
#include "enlarged_ink.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

using PowerIn = PlaneOf<const std::int32_t>;
using PowerOut = PlaneOf<std::int32_t>;
using Windows = std::array<std::pair<std::int64_t, double>, 2>;

template <typename... Arrays>
auto_ink::Plane plane_of(const GrayIn& gray, const Arrays&... others) {
  return page_of<auto_ink::Plane>(gray, others...);
}

template <typename Window>
void windows_of(const Windows& from, Window* to) {
  for (int i = 0; i < 2; ++i) {
    check_window(from[i].first, auto_ink::kWidest);
    to[i] = {from[i].first, from[i].second};
  }
}

template <typename Value>
nb::ndarray<nb::numpy, Value, nb::ndim<1>> copied(const std::vector<Value>& values) {
  auto* data = new Value[values.size() + 1];
  std::memcpy(data, values.data(), values.size() * sizeof(Value));
  nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<Value*>(p); });
  return {data, {values.size()}, owner};
}

}  // namespace

void bind_auto(nb::module_& m) {
  m.def("edge_power", [](const GrayIn& gray, const PowerOut& power) {
    const auto_ink::Plane page = plane_of(gray, power);
    auto_ink::Power sums;
    {
      nb::gil_scoped_release release;
      sums = auto_ink::edge_power(page, power.data());
    }
    return std::make_tuple(sums.weight, sums.weighted, sums.ordinary, sums.calm);
  });
  m.def("edge_ink", [](const GrayIn& gray, const PowerIn& power, const Windows& windows, double mean,
                       const BytesOut& wide, const BytesOut& near) {
    const auto_ink::Plane page = plane_of(gray, power, wide, near);
    auto_ink::EdgeWindow both[2];
    windows_of(windows, both);
    nb::gil_scoped_release release;
    auto_ink::edge_ink(page, power.data(), both, mean, wide.data(), near.data());
  });
  m.def("paper_depth", [](const GrayIn& gray, const GrayIn& ink, const Windows& paper, const Windows& depth, double share,
                          const PowerOut& background, const std::optional<FloatOut>& below,
                          const BytesOut& level) {
    const auto_ink::Plane page = plane_of(gray, ink, background, level);
    if (below) plane_of(gray, *below);
    auto_ink::Depth wanted{ink.data(), {}, {}, share,
                           background.data(), below ? below->data() : nullptr, level.data()};
    windows_of(paper, wanted.paper);
    windows_of(depth, wanted.depth);
    nb::gil_scoped_release release;
    auto_ink::paper_depth(page, wanted);
  });
  m.def("enlarged_ink", [](const GrayIn& gray, const GrayIn& level, const GrayIn& near,
                           const BytesOut& out) {
    const auto_ink::Plane page = plane_of(gray, out), copy = plane_of(level, near);
    if (copy.height > page.height || copy.width > page.width)
      throw std::invalid_argument("the copy is larger than the page");
    nb::gil_scoped_release release;
    enlarged_ink(page.gray, page.height, page.width,
                 {copy.gray, near.data(), copy.height, copy.width}, out.data());
  });
  m.def("sharpened", [](const GrayIn& gray, const BytesOut& out) {
    const auto_ink::Plane page = plane_of(gray, out);
    nb::gil_scoped_release release;
    auto_ink::sharpened(page, out.data());
  });
  m.def("keep_edged", [](const GrayIn& ink, const GrayIn& first, const PowerIn& power, double known,
                         double apart, const BytesOut& out) {
    const auto_ink::Plane page = plane_of(ink, first, power, out);
    nb::gil_scoped_release release;
    keep_edged(ink.data(), first.data(), power.data(), known, apart,
               static_cast<int>(page.height), static_cast<int>(page.width), out.data());
  });
  nb::class_<EdgeParts>(m, "EdgeParts")
      .def("__init__",
           [](EdgeParts* self, const GrayIn& first, const GrayIn& second, const PowerIn& power) {
             const auto_ink::Plane page = plane_of(first, second, power);
             nb::gil_scoped_release release;
             new (self) EdgeParts(first.data(), second.data(), power.data(),
                                  static_cast<int>(page.height), static_cast<int>(page.width));
           })
      .def("shape", [](const EdgeParts& self) { return std::make_pair(self.height(), self.width()); })
      .def("lengths", [](const EdgeParts& self) { return copied(self.lengths()); })
      .def("gradients", [](const EdgeParts& self) { return copied(self.gradients()); })
      .def("at_end", [](const EdgeParts& self) { return copied(self.at_end()); })
      .def("noise", &EdgeParts::noise)
      .def("paint", [](const EdgeParts& self,
                       const nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig>& keep,
                       const BytesOut& out) {
        if (keep.shape(0) != self.count()) throw std::invalid_argument("one keep for each part");
        if (static_cast<int>(out.shape(0)) != self.height() ||
            static_cast<int>(out.shape(1)) != self.width())
          throw std::invalid_argument("the output must have the shape of the planes");
        nb::gil_scoped_release release;
        self.paint(keep.data(), out.data());
      });
}

}  // namespace docbin
