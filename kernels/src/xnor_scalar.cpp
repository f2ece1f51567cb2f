// Bit-sliced binary convolution: the portable cell, 128 positions a vector of two words, which
// every 64-bit x86 (SSE2) and ARM holds in a register and any other compiler splits in two.
#include "xnor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace docbin::xnor {
extern const Cell scalar_cell;
namespace {

typedef std::uint64_t Pair __attribute__((vector_size(16)));

struct V {
  static constexpr int kBytes = 16;
  static constexpr bool kPairs = true;
  Pair v;
  static V load(const void* p) { return {*static_cast<const Pair*>(p)}; }
  static V load_u(const void* p) {
    V r;
    std::memcpy(&r.v, p, sizeof r.v);
    return r;
  }
  static void store(void* p, V x) { *static_cast<Pair*>(p) = x.v; }
  static void store_u(void* p, V x) { std::memcpy(p, &x.v, sizeof x.v); }
  static V splat(std::uint64_t word) { return {Pair{word, word}}; }
  static V zero() { return splat(0); }
  static V ones() { return splat(~0ull); }
  static V xor3(V a, V b, V c) { return {a.v ^ b.v ^ c.v}; }
  static V maj(V a, V b, V c) { return {(a.v & b.v) | ((a.v ^ b.v) & c.v)}; }
  static V but(V a, V m) { return {a.v & ~m.v}; }
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
