// Bit-sliced binary convolution: the portable cell, 64 positions a word.
#include "xnor.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace docbin::xnor {
extern const Cell scalar_cell;
namespace {

struct V {
  static constexpr int kBytes = 8;
  std::uint64_t v;
  static V load(const void* p) { return load_u(p); }
  static V load_u(const void* p) {
    V r;
    std::memcpy(&r.v, p, 8);
    return r;
  }
  static void store(void* p, V x) { std::memcpy(p, &x.v, 8); }
  static void store_u(void* p, V x) { store(p, x); }
  static V splat(std::uint64_t word) { return {word}; }
  static V zero() { return {0}; }
  static V ones() { return {~0ull}; }
  static V xor3(V a, V b, V c) { return {a.v ^ b.v ^ c.v}; }
  static V maj(V a, V b, V c) { return {(a.v & b.v) | ((a.v ^ b.v) & c.v)}; }
  static V mux(V m, V a, V b) { return {b.v ^ (m.v & (a.v ^ b.v))}; }
  static V up1(V low, V here) { return {(here.v << 1) | (low.v >> 63)}; }
  static V down1(V here, V high) { return {(here.v >> 1) | (high.v << 63)}; }
  friend V operator^(V a, V b) { return {a.v ^ b.v}; }
  friend V operator&(V a, V b) { return {a.v & b.v}; }
  friend V operator|(V a, V b) { return {a.v | b.v}; }
  V operator~() const { return {~v}; }
};

#include "sliced.hpp"

}  // namespace

const Cell scalar_cell{&scratch_bytes, &run_signs, &run_sums, &run_unit, &run_below, &run_add};

}  // namespace docbin::xnor
