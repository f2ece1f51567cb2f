// One function a family: the Python face of its kernels, defined in bindings_FAMILY.cpp and called
// by bindings.cpp. A new family adds its line here and its call there.
#pragma once

#include <nanobind/nanobind.h>

namespace docbin {

void bind_auto(nanobind::module_& m);
void bind_cut(nanobind::module_& m);
void bind_fixed(nanobind::module_& m);
void bind_layouts(nanobind::module_& m);
void bind_parts(nanobind::module_& m);
void bind_scores(nanobind::module_& m);
void bind_turning(nanobind::module_& m);
void bind_window(nanobind::module_& m);
void bind_xnor(nanobind::module_& m);

}  // namespace docbin
