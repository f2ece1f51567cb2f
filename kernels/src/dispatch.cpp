#include "dispatch.hpp"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace docbin {
namespace {

bool always() { return true; }

#if defined(__x86_64__)
bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("fma");
}
#if defined(DOCBIN_EMULATED)  // their instructions are AVX2 code: kernels/tests/emulated
bool has_avx512() { return has_avx2(); }
bool has_vpopcntdq() { return has_avx2(); }
bool has_amx() { return has_avx2(); }
#else
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
bool has_vpopcntdq() { return has_avx512() && __builtin_cpu_supports("avx512vpopcntdq"); }
bool has_amx() {
#if defined(__linux__)
  if (!has_avx512() || !__builtin_cpu_supports("gfni")) return false;
  unsigned a = 7, b = 0, c = 0, d = 0;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  constexpr unsigned tile = 1u << 24, int8 = 1u << 25;
  if ((d & tile) == 0 || (d & int8) == 0) return false;
  constexpr long request_permission = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
  return false;
#endif
}
#endif
#endif

const TargetRow kTable[] = {
#if defined(__x86_64__)
    // The adders of the avx512 cells were faster than the next two wherever both were measured
    // (kernels/bench): those run when they are asked for.
    {Target::avx512, "avx512", has_avx512},
    {Target::amx, "amx", has_amx},
    {Target::vpopcntdq, "vpopcntdq", has_vpopcntdq},
    {Target::avx2, "avx2", has_avx2},
#endif
#if defined(__aarch64__)
    {Target::neon, "neon", always},
#endif
    {Target::scalar, "scalar", always},
};

const TargetRow* find(const char* name) {
  for (const TargetRow& row : kTable)
    if (std::strcmp(row.name, name) == 0) return &row;
  return nullptr;
}

struct State {
  std::atomic<Target> active{Target::scalar};
  std::string problem;
  State() {
    for (const TargetRow& row : kTable)
      if (row.runs_here()) {
        active = row.target;
        break;
      }
    const char* wanted = std::getenv("DOCBIN_TARGET");
    if (wanted == nullptr || *wanted == '\0') return;
    const TargetRow* row = find(wanted);
    if (row == nullptr) {
      problem = std::string("DOCBIN_TARGET=") + wanted + " is not a target of this build";
    } else if (!row->runs_here()) {
      problem = std::string("DOCBIN_TARGET=") + wanted + " does not run on this processor";
    } else {
      active = row->target;
    }
  }
};

State& state() {
  static State instance;
  return instance;
}

}  // namespace

const TargetRow* target_table(std::size_t* count) {
  *count = sizeof kTable / sizeof kTable[0];
  return kTable;
}

Target active_target() { return state().active.load(std::memory_order_relaxed); }

const char* target_name(Target target) {
  for (const TargetRow& row : kTable)
    if (row.target == target) return row.name;
  return "scalar";
}

bool use_target(const char* name) {
  const TargetRow* row = find(name);
  if (row == nullptr || !row->runs_here()) return false;
  state().active = row->target;
  return true;
}

const char* requested_target_problem() {
  const std::string& problem = state().problem;
  return problem.empty() ? nullptr : problem.c_str();
}

}  // namespace docbin
