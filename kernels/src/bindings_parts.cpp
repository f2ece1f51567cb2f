// Python's face of what counts levels, finds connected parts, codes ink and decodes rows: pages of bytes in, ink as
// zeros and ones. What is as long as there is to say comes back in memory of its own.
#include <nanobind/ndarray.h>

#include <cstring>
#include <stdexcept>

#include "bindings.hpp"
#include "group4.hpp"
#include "levels.hpp"
#include "parts.hpp"
#include "png.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

using PageIn = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using PageOut = nb::ndarray<std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Counts = nb::ndarray<std::int64_t, nb::shape<256>, nb::c_contig, nb::device::cpu>;

int height_of(const PageIn& page) { return static_cast<int>(page.shape(0)); }
int width_of(const PageIn& page) { return static_cast<int>(page.shape(1)); }

template <typename Array>
void same_page(const PageIn& page, const Array& other) {
  if (other.shape(0) != page.shape(0) || other.shape(1) != page.shape(1))
    throw std::invalid_argument("the arrays differ in shape");
}

}  // namespace

void bind_parts(nb::module_& m) {
  m.def("histogram", [](const PageIn& gray, const Counts& counts) {
    nb::gil_scoped_release release;
    histogram(gray.data(), gray.size(), counts.data());
  });
  m.def("block_means", [](const nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::device::cpu>& gray,
                          int factor, const PageOut& means) {
    if (gray.stride(1) != 1 || factor < 1 || factor > 4096)
      throw std::invalid_argument("rows must be contiguous, factor 1 to 4096");
    const Blocks blocks{gray.data(), static_cast<std::ptrdiff_t>(gray.stride(0)),
                        static_cast<int>(gray.shape(0)), static_cast<int>(gray.shape(1)), factor};
    if (means.shape(0) != gray.shape(0) / static_cast<std::size_t>(factor) ||
        means.shape(1) != gray.shape(1) / static_cast<std::size_t>(factor))
      throw std::invalid_argument("means must have a pixel a whole block");
    nb::gil_scoped_release release;
    block_means(blocks, means.data());
  });
  m.def("group4", [](const PageIn& ink) {
    std::vector<std::uint8_t> strip;
    {
      nb::gil_scoped_release release;
      strip = group4(ink.data(), height_of(ink), width_of(ink));
    }
    return nb::bytes(reinterpret_cast<const char*>(strip.data()), strip.size());
  });
  m.def("png_unfilter", [](const PageIn& rows, std::size_t step, const PageOut& pixels) {
    if (rows.shape(0) != pixels.shape(0) || rows.shape(1) != pixels.shape(1) + 1 || step < 1 || step > 8)
      throw std::invalid_argument("a row has a filter and the bytes of its pixels, 1 to 8 each");
    nb::gil_scoped_release release;
    return png_unfilter(rows.data(), height_of(rows), pixels.shape(1), step, pixels.data());
  });
  m.def("keep_touched", [](const PageIn& ink, const PageIn& seeds, const PageOut& out) {
    same_page(ink, seeds);
    same_page(ink, out);
    nb::gil_scoped_release release;
    keep_touched(ink.data(), seeds.data(), height_of(ink), width_of(ink), out.data());
  });
  m.def("part_boxes", [](const PageIn& ink) {
    std::vector<std::int32_t> boxes;
    {
      nb::gil_scoped_release release;
      boxes = part_boxes(ink.data(), height_of(ink), width_of(ink));
    }
    auto* data = new std::int32_t[boxes.size() + 1];
    std::memcpy(data, boxes.data(), boxes.size() * sizeof *data);
    const nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<std::int32_t*>(p); });
    return nb::ndarray<nb::numpy, std::int32_t, nb::ndim<2>>(data, {boxes.size() / 4, 4}, owner);
  });
  m.def("small_parts", [](const PageIn& ink, std::int64_t side, const PageOut& out) {
    same_page(ink, out);
    nb::gil_scoped_release release;
    small_parts(ink.data(), side, height_of(ink), width_of(ink), out.data());
  });
}

}  // namespace docbin
