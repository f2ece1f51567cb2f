// Binary convolution by XOR and population counts: the classic design, on channel-packed words. The
// planes of a block are turned into words of 64 inputs a position, and the counts into planes again.
#include "xnor.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include <immintrin.h>
namespace docbin::xnor {
extern const Cell vpopcntdq_cell;
extern const Cell avx512_cell;
namespace {

#include "vector512.hpp"
#include "stream.hpp"
#include "lanes.hpp"

constexpr std::size_t kLine = 16 * 8;       // bytes: a vector's 16 positions, a word of 64 inputs each
constexpr std::size_t kStrip = 34 * kLine;  // one row of the kernel: vectors -1 .. 32
constexpr int kTogether = 4;                // outputs

struct Counts {
  static bool has(const Plan& plan) { return !plan.words.empty(); }
  static std::size_t strips(const Plan& plan) {
    return static_cast<std::size_t>(plan.kernel * plan.depth()) * kStrip;
  }
  static std::size_t scratch(const Plan& plan) { return strips(plan) + kTogether * 32 * 64; }

  template <typename Use>
  static void run(const Plan& plan, const std::int32_t* bias, const Signs& in, void* memory, Use use) {
    auto* const strip = static_cast<std::uint8_t*>(memory);
    std::uint8_t* const results = strip + strips(plan);
    gather_words(plan, in, strip);
    for (int first = 0; first < plan.outputs; first += kTogether) {
      std::int32_t most[kTogether] = {};
      for (int c = 0; c < kTogether && first + c < plan.outputs; ++c) most[c] = plan.taps + bias[first + c];
      for (std::size_t t = 0; t < 32; t += 2) count(plan, first, most, strip + t * kLine, results + t * 64);
      for (int c = 0; c < kTogether && first + c < plan.outputs; ++c) {
        const std::uint8_t* at = results + static_cast<std::size_t>(c) * 32 * 64;
        use(first + c, [at](int t) { return at + static_cast<std::size_t>(t) * 64; });
      }
    }
  }

 private:
  // taps + bias - 2 popcount(x XOR w) of two vectors of positions and kTogether outputs.
  static void count(const Plan& plan, int first, const std::int32_t* most, const std::uint8_t* strips,
                    std::uint8_t* results) {
    const int depth = plan.depth(), k = plan.kernel, steps = plan.steps();
    const std::uint64_t* const weights = plan.words.data() + static_cast<std::ptrdiff_t>(first) * steps;
    __m512i differ[kTogether][4];
    for (auto& four : differ)
      for (__m512i& d : four) d = _mm512_setzero_si512();
    for (int position = 0; position < k * k; ++position) {
      const std::uint8_t* x = strips + static_cast<std::size_t>(position / k * depth) * kStrip +
                              static_cast<std::size_t>(1 + position % k - k / 2) * kLine;
      const std::uint64_t* w = weights + position * depth;
      for (int d = 0; d < depth; ++d, x += kStrip, ++w) {
        __m512i here[4];
        for (int v = 0; v < 4; ++v) here[v] = _mm512_load_si512(x + v * 64);
#pragma GCC unroll 4
        for (int c = 0; c < kTogether; ++c) {
          const __m512i weight = _mm512_set1_epi64(static_cast<long long>(w[c * steps]));
#pragma GCC unroll 4
          for (int v = 0; v < 4; ++v)
            differ[c][v] = _mm512_add_epi64(
                differ[c][v], _mm512_popcnt_epi64(_mm512_xor_si512(here[v], weight)));
        }
      }
    }
    for (int c = 0; c < kTogether; ++c)
      for (int t = 0; t < 2; ++t) {
        const __m512i both =
            _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi64_epi32(differ[c][2 * t])),
                               _mm512_cvtepi64_epi32(differ[c][2 * t + 1]), 1);
        _mm512_store_si512(results + (static_cast<std::size_t>(c) * 32 + static_cast<std::size_t>(t)) * 64,
                           _mm512_sub_epi32(_mm512_set1_epi32(most[c]), _mm512_slli_epi32(both, 1)));
      }
  }

  // strips: [row of the kernel][depth][vector -1 .. 32][16 positions], bit i % 64 is input i.
  static void gather_words(const Plan& plan, const Signs& in, std::uint8_t* strips) {
    static constexpr std::uint8_t none[64 + 8] = {};
    for (int row = 0; row < plan.kernel; ++row)
      for (int d = 0; d < plan.depth(); ++d, strips += kStrip)
        for (int half = 0; half < 2; ++half) {
          const std::uint8_t* planes[32];
          for (int i = 0; i < 32; ++i) {
            const int input = 64 * d + 32 * half + i;
            planes[i] = input < plan.inputs ? in.at + static_cast<std::size_t>(input) * in.stride +
                                                  (row - plan.kernel / 2) * in.pitch
                                            : none + 4;
          }
          half_words(planes, strips + 4 * half);
        }
  }

  // 32 planes to the halves of the words at `out`, 34 vectors of 16.
  static void half_words(const std::uint8_t* const planes[32], std::uint8_t* out) {
    __m512i v[34];
    for (int i = 0; i < 32; ++i) v[1 + i] = _mm512_loadu_si512(planes[i]);
    transpose<32>(v + 1);
    v[0] = v[33] = _mm512_setzero_si512();
    for (unsigned i = 0; i < 32; ++i) {
      const __m512i before = _mm512_srli_epi32(_mm512_loadu_si512(planes[i] - 4), 31);
      const __m512i after = _mm512_and_si512(_mm512_loadu_si512(planes[i] + 4), _mm512_set1_epi32(1));
      v[0] = _mm512_or_si512(v[0], _mm512_slli_epi32(before, i));
      v[33] = _mm512_or_si512(v[33], _mm512_slli_epi32(after, i));
    }
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    for (const __m512i& x : v) {
      _mm512_i32scatter_epi32(out, even, x, 4);
      out += kLine;
    }
  }
};

}  // namespace

const Cell vpopcntdq_cell = LaneCell<Counts>::cell;

}  // namespace docbin::xnor
