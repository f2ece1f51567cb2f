// Python's face of what counts levels, finds connected parts, codes ink and decodes rows: pages of
// bytes in, ink as zeros and ones. What is as long as there is to say comes back in memory of its
// own.
#include <nanobind/ndarray.h>

#include <cstring>
#include <stdexcept>

#include "bindings.hpp"
#include "bindings_page.hpp"
#include "group4.hpp"
#include "levels.hpp"
#include "parts.hpp"
#include "png.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

using Counts = nb::ndarray<std::int64_t, nb::shape<256>, nb::c_contig, nb::device::cpu>;

int height_of(const GrayIn& page) { return static_cast<int>(page.shape(0)); }
int width_of(const GrayIn& page) { return static_cast<int>(page.shape(1)); }

// What `make` gives, without the lock, as int32 (n, 4).
template <typename Make>
nb::ndarray<nb::numpy, std::int32_t, nb::ndim<2>> rows_of_four(Make make) {
  std::vector<std::int32_t> numbers;
  {
    nb::gil_scoped_release release;
    numbers = make();
  }
  auto* data = new std::int32_t[numbers.size() + 1];
  std::memcpy(data, numbers.data(), numbers.size() * sizeof *data);
  const nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<std::int32_t*>(p); });
  return {data, {numbers.size() / 4, 4}, owner};
}

}  // namespace

void bind_parts(nb::module_& m) {
  m.def("histogram", [](const GrayIn& gray, const Counts& counts) {
    nb::gil_scoped_release release;
    histogram(gray.data(), gray.size(), counts.data());
  });
  m.def("block_means", [](const nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::device::cpu>& gray,
                          int factor, const BytesOut& means) {
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
  m.def("group4", [](const GrayIn& ink) {
    std::vector<std::uint8_t> strip;
    {
      nb::gil_scoped_release release;
      strip = group4(ink.data(), height_of(ink), width_of(ink));
    }
    return nb::bytes(reinterpret_cast<const char*>(strip.data()), strip.size());
  });
  m.def("png_unfilter", [](const GrayIn& rows, std::size_t step, const BytesOut& pixels) {
    if (rows.shape(0) != pixels.shape(0) || rows.shape(1) != pixels.shape(1) + 1 || step < 1 || step > 8)
      throw std::invalid_argument("a row has a filter and the bytes of its pixels, 1 to 8 each");
    nb::gil_scoped_release release;
    return png_unfilter(rows.data(), height_of(rows), pixels.shape(1), step, pixels.data());
  });
  m.def("keep_touched", [](const GrayIn& ink, const GrayIn& seeds, const BytesOut& out) {
    check_shapes(ink, seeds, out);
    nb::gil_scoped_release release;
    keep_touched(ink.data(), seeds.data(), height_of(ink), width_of(ink), out.data());
  });
  m.def("keep_reaching", [](const nb::ndarray<const std::int16_t, nb::ndim<2>, nb::c_contig,
                                              nb::device::cpu>& values,
                            std::int16_t weak, std::int16_t strong, const BytesOut& out) {
    if (values.shape(0) != out.shape(0) || values.shape(1) != out.shape(1))
      throw std::invalid_argument("out must have the values' shape");
    nb::gil_scoped_release release;
    keep_reaching(values.data(), weak, strong, static_cast<int>(values.shape(0)),
                  static_cast<int>(values.shape(1)), out.data());
  });
  m.def("luma", [](const nb::ndarray<const std::uint8_t, nb::shape<-1, -1, 3>, nb::c_contig,
                                     nb::device::cpu>& rgb,
                   const BytesOut& gray) {
    if (rgb.shape(0) != gray.shape(0) || rgb.shape(1) != gray.shape(1))
      throw std::invalid_argument("grey must have the page's shape");
    nb::gil_scoped_release release;
    luma(rgb.data(), gray.size(), gray.data());
  });
  m.def("part_boxes", [](const GrayIn& ink) {
    return rows_of_four([&] { return part_boxes(ink.data(), height_of(ink), width_of(ink)); });
  });
  m.def("dark_boxes", [](const GrayIn& gray, std::uint8_t level) {
    return rows_of_four(
        [&] { return dark_boxes(gray.data(), level, height_of(gray), width_of(gray)); });
  });
  m.def("small_parts", [](const GrayIn& ink, std::int64_t side, const BytesOut& out) {
    check_shapes(ink, out);
    nb::gil_scoped_release release;
    small_parts(ink.data(), side, height_of(ink), width_of(ink), out.data());
  });
}

}  // namespace docbin
