// The Python face of the fixed-point convolutions: a layer as an object, run on maps with a frame.
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "bindings.hpp"
#include "fixed.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

using Values = nb::ndarray<std::int16_t, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using Plane = nb::ndarray<std::int16_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <typename T, int Rank>
using In = nb::ndarray<const T, nb::ndim<Rank>, nb::c_contig, nb::device::cpu>;

void agree(bool same, const char* what) {
  if (!same) throw std::invalid_argument(what);
}

fixed::Map map_of(const Values& values) {
  agree(values.shape(0) > 3 && values.shape(1) > 3 && values.shape(0) % 2 == 0 &&
            values.shape(1) % 2 == 0 && values.shape(0) < (1u << 20) && values.shape(1) < (1u << 20) &&
            values.shape(2) > 0 && values.shape(2) <= 4096,
        "a map is (height + 2, width + 2, channels), with even sides of at least 2");
  return {values.data(), static_cast<int>(values.shape(0)) - 2, static_cast<int>(values.shape(1)) - 2,
          static_cast<int>(values.shape(2))};
}

fixed::Layer layer_of(const std::string& kind, In<std::int16_t, 4> weight, In<std::int32_t, 1> bias,
                      int shift, int low, int high) {
  using fixed::Kind;
  const Kind which = kind == "winograd" ? Kind::winograd
                     : kind == "direct" ? Kind::direct
                     : kind == "down"   ? Kind::down
                                        : Kind::up;
  const std::size_t side = which == Kind::up ? 1 : which == Kind::down ? 2 : 3;
  agree(weight.shape(2) == side && weight.shape(3) == side, "weights do not have the layer's taps");
  agree(weight.shape(0) > 0 && weight.shape(0) <= 16384 && bias.shape(0) == weight.shape(0),
        "one bias an output");
  agree(weight.shape(1) > 0 && weight.shape(1) <= 4096 && weight.shape(1) % (which == Kind::down ? 2 : 16) == 0,
        "inputs must be a multiple of 16, of a page of 2");
  agree(shift >= 1 && shift <= 28, "shift must be 1 to 28");
  agree(-fixed::kLargest <= low && low <= high && high <= fixed::kLargest, "limits beyond 13 bits");
  return fixed::make_layer(which, weight.data(), static_cast<int>(weight.shape(0)),
                           static_cast<int>(weight.shape(1)), bias.data(), shift, low, high);
}

bool is_convolution(const fixed::Layer& layer) {
  return layer.kind == fixed::Kind::winograd || layer.kind == fixed::Kind::direct;
}

void convolve(const fixed::Layer& layer, Values in, std::optional<Values> skip, Values out) {
  const fixed::Map from = map_of(in), to = map_of(out), more = skip ? map_of(*skip) : to;
  agree(is_convolution(layer) && from.channels == layer.inputs && to.channels == layer.outputs &&
            more.channels == to.channels,
        "the maps' channels are not the layer's");
  agree(from.height == to.height && from.width == to.width && more.height == to.height &&
            more.width == to.width && from.data != to.data,
        "maps of a convolution have one size, and out is not in");
  nb::gil_scoped_release release;
  fixed::cell().convolve(layer, from, skip ? &more : nullptr, to);
}

void down(const fixed::Layer& layer, Values in, Values out) {
  const fixed::Map from = map_of(in), to = map_of(out);
  agree(layer.kind == fixed::Kind::down && from.channels == layer.inputs && to.channels == layer.outputs,
        "the maps' channels are not the layer's");
  agree(from.height == 2 * to.height && from.width == 2 * to.width, "out must have half the sides");
  nb::gil_scoped_release release;
  fixed::cell().down(layer, from, to);
}

void up(const fixed::Layer& layer, Values in, Values out) {
  const fixed::Map from = map_of(in), to = map_of(out);
  agree(layer.kind == fixed::Kind::up && from.channels == layer.inputs &&
            4 * to.channels == layer.outputs && to.channels % 16 == 0,
        "the maps' channels are not the layer's");
  agree(2 * from.height == to.height && 2 * from.width == to.width, "out must have twice the sides");
  nb::gil_scoped_release release;
  fixed::cell().up(layer, from, to);
}

void logits(const fixed::Layer& layer, Values in, Plane out) {
  const fixed::Map from = map_of(in);
  agree(layer.kind == fixed::Kind::up && from.channels == layer.inputs && layer.outputs == 16,
        "the maps' channels are not the layer's");
  agree(out.shape(0) == 2 * static_cast<std::size_t>(from.height) &&
            out.shape(1) == 2 * static_cast<std::size_t>(from.width),
        "out must have twice the sides");
  nb::gil_scoped_release release;
  fixed::cell().logits(layer, from, out.data());
}

void film(Values map, In<std::int16_t, 1> gain, In<std::int32_t, 1> offset, int high) {
  const fixed::Map values = map_of(map);
  const auto channels = static_cast<std::size_t>(values.channels);
  agree(channels % 16 == 0 && gain.shape(0) == channels && offset.shape(0) == channels,
        "one gain and offset a channel, a multiple of 16");
  agree(0 <= high && high <= fixed::kLargest, "limits beyond 13 bits");
  nb::gil_scoped_release release;
  fixed::cell().film(values, gain.data(), offset.data(), high);
}

}  // namespace

void bind_fixed(nb::module_& m) {
  nb::class_<fixed::Layer>(m, "FixedLayer")
      .def("__init__", [](fixed::Layer* place, const std::string& kind, In<std::int16_t, 4> weight,
                          In<std::int32_t, 1> bias, int shift, int low, int high) {
        new (place) fixed::Layer(layer_of(kind, weight, bias, shift, low, high));
      });
  m.def("fixed_convolve", &convolve, nb::arg("layer"), nb::arg("values"), nb::arg("skip").none(), nb::arg("out"));
  m.def("fixed_down", &down);
  m.def("fixed_up", &up);
  m.def("fixed_logits", &logits);
  m.def("fixed_film", &film);
}

}  // namespace docbin
