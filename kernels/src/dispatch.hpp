// Which instruction set runs. One table, best first; the last row runs anywhere.
//
// The choice is made once, when the library loads, and only changed by use(): never inside a loop.
// A family that has no cell for the active target runs its best cell below it (see pick()).
#pragma once

#include <cstddef>

namespace docbin {

enum class Target : int { scalar = 0, neon = 1, avx2 = 2, avx512 = 3, vpopcntdq = 4, amx = 5 };

struct TargetRow {
  Target target;
  const char* name;
  bool (*runs_here)();
};

// All targets this build knows, best first; count is set to their number.
const TargetRow* target_table(std::size_t* count);

// The active target. The environment variable DOCBIN_TARGET, read once, overrides the best one;
// a name that is unknown or does not run here leaves the best one and is reported by
// requested_target_problem().
Target active_target();
const char* target_name(Target target);

// Make `name` active. False, and nothing changes, if it is unknown or does not run here.
bool use_target(const char* name);

// Null, or why DOCBIN_TARGET could not be honoured.
const char* requested_target_problem();

// A family's table of cells: cells[i] belongs to Target(i), null where the family has none.
// Returns the best cell at or below the active target; cells[0] (scalar) must not be null.
template <typename Cell, std::size_t N>
const Cell& pick(const Cell* const (&cells)[N]) {
  int i = static_cast<int>(active_target());
  if (i >= static_cast<int>(N)) i = static_cast<int>(N) - 1;
  while (i > 0 && cells[i] == nullptr) --i;
  return *cells[i];
}

// The cell of a family that has a portable one and, on x86-64 alone, one for AVX2.
template <const auto& kPortable, const auto& kVector>
const auto& pick() {
#if defined(__x86_64__)
  if (active_target() >= Target::avx2) return kVector;
#endif
  return kPortable;
}

}  // namespace docbin
