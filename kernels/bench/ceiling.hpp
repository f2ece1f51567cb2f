// How fast a target's own operations run in registers, with nothing loaded or stored: the ceiling
// that a layer's rate is compared with. Twelve independent chains, best of many short runs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <ctime>

namespace docbin {

struct Ceiling {
  double rate = 0;   // full adders of one bit a second, or multiply-adds of a bit
  bool adds = true;  // whether the target adds planes
};

namespace ceiling {

inline double now() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Runs of the code a second.
template <typename Code>
double per_second(Code code) {
  constexpr int kRuns = 20000;
  double best = 1;
  for (int i = 0; i < 50; ++i) {
    const double start = now();
    for (int j = 0; j < kRuns; ++j) code();
    best = std::min(best, now() - start);
  }
  return kRuns / best;
}

}  // namespace ceiling

#if defined(__x86_64__)

// clang-format off
#define DOCBIN_6(step) step(0, 6) step(1, 7) step(2, 8) step(3, 9) step(4, 10) step(5, 11)
#define DOCBIN_USES "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11"
#define DOCBIN_ADD512(s, c) \
  "vmovdqa64 %%zmm" #s ", %%zmm" #c "\n" \
  "vpternlogq $0xE8, %%zmm14, %%zmm15, %%zmm" #c "\n" "vpternlogq $0x96, %%zmm14, %%zmm15, %%zmm" #s "\n"
#define DOCBIN_ADD256(s, c) \
  "vpand %%ymm" #s ", %%ymm14, %%ymm" #c "\n" "vpxor %%ymm" #s ", %%ymm14, %%ymm" #s "\n" \
  "vpand %%ymm" #s ", %%ymm15, %%ymm13\n" "vpor %%ymm13, %%ymm" #c ", %%ymm" #c "\n" \
  "vpxor %%ymm" #s ", %%ymm15, %%ymm" #s "\n"
#define DOCBIN_COUNT(s, c) \
  "vpxorq %%zmm14, %%zmm15, %%zmm" #c "\n" "vpopcntq %%zmm" #c ", %%zmm" #c "\n" \
  "vpaddq %%zmm" #c ", %%zmm" #s ", %%zmm" #s "\n"

inline Ceiling measure_ceiling(const char* target) {
  using ceiling::per_second;
  if (std::strcmp(target, "avx512") == 0)
    return {6 * 512 * per_second([] { __asm__ volatile(DOCBIN_6(DOCBIN_ADD512) : : : DOCBIN_USES); }), true};
  if (std::strcmp(target, "avx2") == 0)
    return {6 * 256 * per_second([] { __asm__ volatile(DOCBIN_6(DOCBIN_ADD256) : : : DOCBIN_USES, "xmm13"); }), true};
  if (std::strcmp(target, "vpopcntdq") == 0)
    return {6 * 512 * per_second([] { __asm__ volatile(DOCBIN_6(DOCBIN_COUNT) : : : DOCBIN_USES); }), false};
  if (std::strcmp(target, "amx") == 0) {
    struct alignas(64) {
      std::uint8_t palette = 1, start = 0, reserved[14] = {};
      std::uint16_t bytes[16] = {64, 64, 64, 64, 64, 64};
      std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16};
    } configuration;
    __asm__ volatile("ldtilecfg %0\n" "tilezero %%tmm0\n" "tilezero %%tmm1\n" "tilezero %%tmm2\n"
                     "tilezero %%tmm3\n" "tilezero %%tmm4\n" "tilezero %%tmm5\n" : : "m"(configuration));
    const double rate = per_second([] {
      __asm__ volatile("tdpbssd %tmm4, %tmm5, %tmm0\n" "tdpbssd %tmm4, %tmm5, %tmm1\n"
                       "tdpbssd %tmm4, %tmm5, %tmm2\n" "tdpbssd %tmm4, %tmm5, %tmm3\n");
    });
    __asm__ volatile("tilerelease");
    return {4 * 16384 * rate, false};
  }
  // The portable cell: five operations on 64 bits.
  return {6 * 64 * per_second([] {
            std::uint64_t s[6] = {1, 2, 3, 4, 5, 6}, c[6], a = 7, b = 9;
            __asm__ volatile("" : "+r"(a), "+r"(b));
            for (int i = 0; i < 6; ++i) {
              c[i] = (s[i] & a) | ((s[i] ^ a) & b);
              s[i] ^= a ^ b;
              __asm__ volatile("" : "+r"(s[i]), "+r"(c[i]));
            }
          }), true};
}
// clang-format on

#undef DOCBIN_6
#undef DOCBIN_USES
#undef DOCBIN_ADD512
#undef DOCBIN_ADD256
#undef DOCBIN_COUNT

#else

inline Ceiling measure_ceiling(const char*) { return {}; }  // not measured: a limit of infinity

#endif

}  // namespace docbin
