// Two doubles at a time; prefix sums of four 32-bit integers in registers.
#include <arm_neon.h>

#include "window_extremes.hpp"
#include "window_rows.hpp"

namespace docbin::window {
namespace {

struct Neon {
  static constexpr int lanes = 2;
  using F = double __attribute__((vector_size(16)));
  using U = std::uint64_t __attribute__((vector_size(16)));

  static F grey(const std::uint8_t* p) { return F{double(p[0]), double(p[1])}; }
  static uint32x2_t difference(const std::uint32_t* high, const std::uint32_t* low) {
    return vsub_u32(vld1_u32(high), vld1_u32(low));
  }
  static F wide32(const std::uint32_t* high, const std::uint32_t* low) {
    return (F)vcvtq_f64_u64(vmovl_u32(difference(high, low)));
  }
  static F small(const std::uint32_t* high, const std::uint32_t* low) { return wide32(high, low); }
  static unsigned two(uint64x2_t lanes) {
    return static_cast<unsigned>(vgetq_lane_u64(lanes, 0) & 1) |
           static_cast<unsigned>(vgetq_lane_u64(lanes, 1) & 2);
  }
  static unsigned le(F a, F b) { return two(vcleq_f64((float64x2_t)a, (float64x2_t)b)); }
  static unsigned lt(F a, F b) { return two(vcltq_f64((float64x2_t)a, (float64x2_t)b)); }
  static F root(F f) { return (F)vsqrtq_f64((float64x2_t)f); }

  static void put(std::uint32_t* to, uint32x4_t v, uint32x4_t& carry) {
    const uint32x4_t zero = vdupq_n_u32(0);
    v = vaddq_u32(v, vextq_u32(zero, v, 3));
    v = vaddq_u32(v, vextq_u32(zero, v, 2));
    v = vaddq_u32(v, carry);
    vst1q_u32(to, v);
    carry = vdupq_laneq_u32(v, 3);
  }

  template <class Column, class Prefix>
  static std::int64_t advance(const std::uint8_t* enters, const std::uint8_t* leaves,
                              Column* column, Column* column2, Prefix* prefix, Prefix* prefix2,
                              std::int64_t width) {
    std::int64_t x = 0;
    if constexpr (sizeof(Prefix) == 4) {
      uint32x4_t carry = vdupq_n_u32(0), carry2 = carry;
      for (; x + 8 <= width; x += 8) {
        const uint16x8_t a = vmovl_u8(vld1_u8(enters + x)), b = vmovl_u8(vld1_u8(leaves + x));
        const int16x8_t change = vreinterpretq_s16_u16(vsubq_u16(a, b));
        const int16x8_t both = vreinterpretq_s16_u16(vaddq_u16(a, b));
        const int32x4_t changes[] = {vmovl_s16(vget_low_s16(change)), vmovl_high_s16(change)};
        const int32x4_t squares[] = {vmull_s16(vget_low_s16(change), vget_low_s16(both)),
                                     vmull_high_s16(change, both)};
        for (int i = 0; i < 2; ++i) {
          const std::int64_t at = x + 4 * i;
          const uint32x4_t c =
              vaddq_u32(vld1q_u32(column + at), vreinterpretq_u32_s32(changes[i]));
          const uint32x4_t c2 =
              vaddq_u32(vld1q_u32(column2 + at), vreinterpretq_u32_s32(squares[i]));
          vst1q_u32(column + at, c);
          vst1q_u32(column2 + at, c2);
          put(prefix + at, c, carry);
          put(prefix2 + at, c2, carry2);
        }
      }
    }
    return x;
  }

  static void spread(std::uint8_t bits, std::uint8_t* out) {
    const uint8x8_t weights = {1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x8_t set = vtst_u8(vdup_n_u8(bits), weights);
    vst1_u8(out, vand_u8(set, vdup_n_u8(1)));
  }
};

}  // namespace

const Cell kNeon = {threshold_on<Neon>, moments_on<Neon>, max_variance_on<Neon>,
                    extremes_on<Neon>};

}  // namespace docbin::window
