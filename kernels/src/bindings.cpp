// The compiled module. These files alone know Python: they state dtype, rank and contiguity, check
// that shapes agree, drop the GIL and call. Python allocates every output.
#include "bindings.hpp"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <stdexcept>

#include "dispatch.hpp"

namespace nb = nanobind;

NB_MODULE(_native, m) {
  m.doc() = "Compiled kernels of docbin; use them through docbin.native.";
  m.def("targets", [] {
    std::vector<std::string> names;
    std::size_t count = 0;
    const docbin::TargetRow* table = docbin::target_table(&count);
    for (std::size_t i = 0; i < count; ++i)
      if (table[i].runs_here()) names.emplace_back(table[i].name);
    return names;
  });
  m.def("active_target", [] { return std::string(docbin::target_name(docbin::active_target())); });
  m.def("use_target", [](const std::string& name) { return docbin::use_target(name.c_str()); });
  m.def("requested_target_problem", [] {
    const char* problem = docbin::requested_target_problem();
    return std::string(problem == nullptr ? "" : problem);
  });
  docbin::bind_auto(m);
  docbin::bind_cut(m);
  docbin::bind_fixed(m);
  docbin::bind_layouts(m);
  docbin::bind_parts(m);
  docbin::bind_scores(m);
  docbin::bind_turning(m);
  docbin::bind_window(m);
  docbin::bind_xnor(m);
}
