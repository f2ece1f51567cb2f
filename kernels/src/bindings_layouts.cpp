#include <nanobind/ndarray.h>

#include <stdexcept>

#include "bindings.hpp"
#include "layouts.hpp"

namespace nb = nanobind;

namespace docbin {
namespace {

template <typename T>
using Array = nb::ndarray<T, nb::ndim<3>, nb::c_contig, nb::device::cpu>;

template <typename Planes, typename Words>
SignMap map_of(const Planes& planes, const Words& words) {
  const SignMap map{planes.shape(0), planes.shape(1), words.shape(1)};
  if (words.shape(0) != map.height || words.shape(2) != map.words() ||
      planes.shape(2) != map.bytes())
    throw std::invalid_argument("planes and words are not of one map");
  return map;
}

}  // namespace

void bind_layouts(nb::module_& m) {
  m.def("words_from_planes", [](Array<const std::uint8_t> planes, Array<std::uint64_t> words) {
    const SignMap map = map_of(planes, words);
    nb::gil_scoped_release release;
    words_from_planes(planes.data(), map, words.data());
  });
  m.def("planes_from_words", [](Array<const std::uint64_t> words, Array<std::uint8_t> planes) {
    const SignMap map = map_of(planes, words);
    nb::gil_scoped_release release;
    planes_from_words(words.data(), map, planes.data());
  });
}

}  // namespace docbin
