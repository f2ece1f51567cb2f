// Bit-sliced binary convolution: NEON, 128 positions a register, a full adder in four instructions.
#include "xnor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <arm_neon.h>
namespace docbin::xnor {
extern const Cell neon_cell;
namespace {

struct V {
  static constexpr int kBytes = 16;
  static constexpr bool kPairs = false;
  uint64x2_t v;
  static V load(const void* p) { return load_u(p); }
  static V load_u(const void* p) {
    return {vreinterpretq_u64_u8(vld1q_u8(static_cast<const std::uint8_t*>(p)))};
  }
  static void store(void* p, V x) {
    vst1q_u8(static_cast<std::uint8_t*>(p), vreinterpretq_u8_u64(x.v));
  }
  static void store_u(void* p, V x) { store(p, x); }
  static V splat(std::uint64_t w) { return {vdupq_n_u64(w)}; }
  static V zero() { return {vdupq_n_u64(0)}; }
  static V ones() { return {vdupq_n_u64(~0ull)}; }
  static V xor3(V a, V b, V c) { return (a ^ b) ^ c; }
  static V maj(V a, V b, V c) { return mux(a ^ b, c, a); }
  static V but(V a, V m) { return {vbicq_u64(a.v, m.v)}; }
  static V mux(V m, V a, V b) { return {vbslq_u64(m.v, a.v, b.v)}; }
  static V up1(V low, V here) {
    return {vorrq_u64(vshlq_n_u64(here.v, 1), vshrq_n_u64(low.v, 63))};
  }
  static V down1(V here, V high) {
    return {vorrq_u64(vshrq_n_u64(here.v, 1), vshlq_n_u64(high.v, 63))};
  }
  friend V operator^(V a, V b) { return {veorq_u64(a.v, b.v)}; }
  friend V operator&(V a, V b) { return {vandq_u64(a.v, b.v)}; }
  friend V operator|(V a, V b) { return {vorrq_u64(a.v, b.v)}; }
  V operator~() const { return *this ^ ones(); }
};

#include "sliced.hpp"

}  // namespace

const Cell neon_cell{&scratch_bytes, &run_signs, &run_sums, &run_unit, &run_below, &run_add};

}  // namespace docbin::xnor
