// The Python face of the binarized network: single layers, and a whole network as an object.
#include <nanobind/ndarray.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <stdexcept>

#include "bindings.hpp"
#include "layer.hpp"
#include "network.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

template <typename T, int Rank>
using In = nb::ndarray<const T, nb::ndim<Rank>, nb::c_contig, nb::device::cpu>;
template <typename T, int Rank>
using Out = nb::ndarray<T, nb::ndim<Rank>, nb::c_contig, nb::device::cpu>;

void agree(bool same, const char* what) {
  if (!same) throw std::invalid_argument(what);
}

int size_of(std::size_t n) { return static_cast<int>(n); }

xnor::Plan plan_for(const In<std::uint8_t, 4>& weights, std::size_t inputs) {
  agree(weights.shape(1) == weights.shape(2) && (weights.shape(1) == 1 || weights.shape(1) == 3),
        "weights must be (O, k, k, bytes), k 1 or 3");
  agree(weights.shape(3) == (inputs + 7) / 8, "weights do not have the signs' channels");
  agree(inputs * weights.shape(1) * weights.shape(1) < 16384, "more than 16383 taps");
  return xnor::make_plan(weights.data(), size_of(weights.shape(0)), size_of(inputs),
                         size_of(weights.shape(1)));
}

template <typename A, typename B>
void same_map(const A& a, const B& b, std::size_t channels) {
  agree(b.shape(0) == channels && a.shape(1) == b.shape(1) && a.shape(2) == b.shape(2),
        "the output does not have the map's shape");
}

using Signs = In<std::uint8_t, 3>;
using Weights = In<std::uint8_t, 4>;
using Numbers = In<std::int32_t, 1>;

void bind_layers(nb::module_& m) {
  m.def("xnor_sums", [](Signs signs, Weights weights, Out<std::int32_t, 3> out) {
    const xnor::Plan plan = plan_for(weights, signs.shape(0));
    same_map(signs, out, weights.shape(0));
    const xnor::Map map{static_cast<long>(signs.shape(1)), static_cast<long>(signs.shape(2))};
    nb::gil_scoped_release release;
    xnor::layer_sums(plan, signs.data(), map, out.data());
  });
  m.def("xnor_signs", [](Signs signs, Weights weights, Numbers threshold, In<std::uint8_t, 1> flip,
                         Out<std::uint8_t, 3> out) {
    const xnor::Plan plan = plan_for(weights, signs.shape(0));
    same_map(signs, out, weights.shape(0));
    agree(threshold.shape(0) == weights.shape(0) && flip.shape(0) == weights.shape(0),
          "one threshold and one flip a channel");
    const xnor::Map map{static_cast<long>(signs.shape(1)), static_cast<long>(signs.shape(2))};
    nb::gil_scoped_release release;
    xnor::layer_signs(plan, signs.data(), map, threshold.data(), flip.data(), out.data());
  });
  m.def("xnor_unit", [](Out<std::int32_t, 3> stream, Weights weights, Numbers bias,
                        Numbers positive, Numbers negative, Numbers threshold,
                        Numbers next_threshold, int digits, int bits, Out<std::uint8_t, 3> next) {
    const std::size_t c = stream.shape(0);
    const xnor::Plan plan = plan_for(weights, c);
    same_map(stream, next, c);
    agree(weights.shape(0) == c && bias.shape(0) == c && positive.shape(0) == c &&
              negative.shape(0) == c && threshold.shape(0) == c && next_threshold.shape(0) == c,
          "one number of each kind a channel");
    agree(digits >= 1 && digits <= xnor::kMaxDigits && bits >= 8 && bits <= 16,
          "digits must be 1 to 3, bits 8 to 16");
    const xnor::UnitLayer unit{bias.data(),      positive.data(),       negative.data(),
                               threshold.data(), next_threshold.data(), digits, bits};
    const xnor::Map map{static_cast<long>(stream.shape(1)), static_cast<long>(stream.shape(2))};
    nb::gil_scoped_release release;
    xnor::layer_unit(plan, unit, map, stream.data(), next.data());
  });
  m.def("xnor_plan_counts", [](Weights weights, std::size_t inputs) {
    const xnor::Plan plan = plan_for(weights, inputs);
    long direct = 0, grouped = 0;
    for (int ones : plan.ones) direct += ones;
    for (const auto& group : plan.groups) grouped += group.count;
    return std::vector<long>{plan.share, direct, grouped};
  });
}

network::Page page_of(const In<std::uint8_t, 3>& page) {
  agree(page.shape(0) > 0 && page.shape(1) > 0 && page.shape(0) < (1u << 20) &&
            page.shape(1) < (1u << 20),
        "the page is empty or too large");
  return {page.data(), size_of(page.shape(0)), size_of(page.shape(1)), size_of(page.shape(2))};
}

void bind_network(nb::module_& m) {
  using network::Network;
  nb::class_<Network>(m, "Network")
      .def(nb::init<int, int, int>())
      .def("add_convolution",
           [](Network& n, int input, In<std::int16_t, 4> weight, Numbers bias,
              In<std::uint8_t, 1> shift, int limit) {
             nb::gil_scoped_release release;
             return n.add_convolution(input, size_of(weight.shape(0)), weight.data(), bias.data(),
                                      shift.data(), limit);
           })
      .def("add_unit",
           [](Network& n, int input, Weights weight, Numbers bias, Numbers positive,
              Numbers negative, Numbers threshold) {
             nb::gil_scoped_release release;  // the plan takes its time; a page is decoded beside it
             return n.add_unit(input, size_of(weight.shape(1)), weight.data(),
                               {bias.data(), positive.data(), negative.data()}, threshold.data());
           })
      .def("add_pool", &Network::add_pool)
      .def("add_up", &Network::add_up)
      .def("add_add", &Network::add_add)
      .def("add_head",
           [](Network& n, int input, In<std::int16_t, 4> weight, Numbers bias,
              In<std::uint8_t, 1> shift) {
             nb::gil_scoped_release release;
             return n.add_head(input, weight.data(), bias.data(), shift.data());
           })
      .def("run",
           [](const Network& n, In<std::uint8_t, 3> pixels,
              const std::vector<std::tuple<int, Numbers, Numbers, Numbers>>& folded, int threads,
              int band, int column, Out<std::int16_t, 2> logits) {
             const network::Page page = page_of(pixels);
             agree(page.channels == n.page_channels() || page.channels == 1,
                   "the page's channels are not the network's");
             agree(logits.shape(0) == pixels.shape(0) && logits.shape(1) == pixels.shape(1),
                   "logits must have the page's height and width");
             std::vector<network::UnitNumbers> numbers(static_cast<std::size_t>(n.size()));
             for (const auto& [node, bias, positive, negative] : folded) {
               agree(node > 0 && node < n.size(), "no such node");
               const auto c = static_cast<std::size_t>(n.node(node).channels);
               agree(bias.shape(0) == c && positive.shape(0) == c && negative.shape(0) == c,
                     "one number of each kind a channel");
               numbers[static_cast<std::size_t>(node)] = {bias.data(), positive.data(),
                                                          negative.data()};
             }
             nb::gil_scoped_release release;
             n.run(page, numbers, threads, band, column, logits.data());
           });
  m.def("area_view", [](In<std::uint8_t, 3> pixels, Out<std::uint8_t, 3> view) {
    const network::Page page = page_of(pixels);
    agree(view.shape(0) == pixels.shape(2) && view.shape(1) == view.shape(2) && view.shape(1) > 0,
          "view must be (channels, n, n)");
    nb::gil_scoped_release release;
    network::area_view(page, size_of(view.shape(1)), view.data());
  });
}

}  // namespace

void bind_xnor(nb::module_& m) {
  bind_layers(m);
  bind_network(m);
}

}  // namespace docbin
