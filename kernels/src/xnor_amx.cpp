// Binary convolution on the matrix unit: bits become bytes of +1 and -1, tiles of 16 outputs are
// multiplied with tiles of 16 positions, and the sums are turned into planes again.
#include "xnor.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include <immintrin.h>
namespace docbin::xnor {
extern const Cell amx_cell;
extern const Cell avx512_cell;
namespace {

#include "vector512.hpp"
#include "stream.hpp"
#include "lanes.hpp"

constexpr std::size_t kTile = 1024;         // bytes: 16 rows of 64
constexpr std::size_t kStrip = 34 * kTile;  // 64 inputs at one row of the kernel: vectors -1 .. 32
constexpr std::size_t kResult = 4 * kTile;  // int32, 2 tiles of outputs by 2 of positions

struct Matrix {
  static bool has(const Plan& plan) { return !plan.tiles.empty(); }
  static std::size_t strips(const Plan& plan) {
    return static_cast<std::size_t>(plan.kernel * plan.depth()) * kStrip;
  }
  static std::size_t scratch(const Plan& plan) { return strips(plan) + 2 * kTile + 16 * kResult; }

  template <typename Use>
  static void run(const Plan& plan, const std::int32_t* bias, const Signs& in, void* memory, Use use) {
    auto* const strip = static_cast<std::uint8_t*>(memory);
    std::uint8_t* const biases = strip + strips(plan);
    std::uint8_t* const results = biases + 2 * kTile;
    expand(plan, in, strip);
    configure();
    for (int first = 0; first < plan.outputs; first += 32) {
      for (int c = 0; c < 32; ++c)
        _mm512_store_si512(biases + c * 64, _mm512_set1_epi32(first + c < plan.outputs ? bias[first + c] : 0));
      multiply(plan, first / 16, strip, biases, results);
      for (int c = 0; c < 32 && first + c < plan.outputs; ++c) {
        const std::uint8_t* at = results + static_cast<std::size_t>(c / 16) * 2 * kTile + c % 16 * 64;
        use(first + c, [at](int t) { return at + static_cast<std::size_t>(t % 16) * kResult + static_cast<std::size_t>(t / 16) * kTile; });
      }
    }
    _tile_release();
  }

 private:
  static void configure() {
    struct alignas(64) {
      std::uint8_t palette = 1, start = 0, reserved[14] = {};
      std::uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } configuration;
    // The intrinsic does not tell the compiler that all of it is read.
    __asm__ volatile("" : : "r"(&configuration) : "memory");
    _tile_loadconfig(&configuration);
  }

  // Two tiles of outputs at all positions. 64 inputs at a time, so that their weights stay in the
  // first-level cache while the positions pass by.
  static void multiply(const Plan& plan, int tile, const std::uint8_t* strips,
                       const std::uint8_t* biases, std::uint8_t* results) {
    const int depth = plan.depth(), k = plan.kernel, steps = plan.steps();
    const Plan::Tile* const first = plan.tiles.data() + static_cast<std::ptrdiff_t>(tile) * steps;
    for (int d = 0; d < depth; ++d)
      for (std::size_t t = 0; t < 16; ++t) {
        std::uint8_t* const result = results + t * kResult;
        const std::uint8_t* const start = d == 0 ? biases : result;
        const std::size_t across = d == 0 ? 0 : kTile, down = d == 0 ? kTile : 2 * kTile;
        _tile_loadd(0, start, 64);
        _tile_loadd(1, start + across, 64);
        _tile_loadd(2, start + down, 64);
        _tile_loadd(3, start + down + across, 64);
        for (int position = 0; position < k * k; ++position) {
          const Plan::Tile* const w = first + position * depth + d;
          const std::uint8_t* const x =
              strips + static_cast<std::size_t>(position / k * depth + d) * kStrip +
              (t + static_cast<std::size_t>(1 + position % k - k / 2)) * kTile;
          _tile_loadd(4, w, 64);
          _tile_loadd(6, x, 64);
          _tile_dpbssd(0, 4, 6);
          _tile_loadd(7, x + 16 * kTile, 64);
          _tile_dpbssd(1, 4, 7);
          _tile_loadd(5, w + steps, 64);
          _tile_dpbssd(2, 5, 6);
          _tile_dpbssd(3, 5, 7);
        }
        _tile_stored(0, result, 64);
        _tile_stored(1, result + kTile, 64);
        _tile_stored(2, result + 2 * kTile, 64);
        _tile_stored(3, result + 3 * kTile, 64);
      }
  }

  // strips: [row of the kernel][depth][vector -1 .. 32][inputs / 4][16 positions][4 inputs].
  static void expand(const Plan& plan, const Signs& in, std::uint8_t* strips) {
    static constexpr std::uint8_t none[64 + 8] = {};
    const int depth = plan.depth();
    for (int row = 0; row < plan.kernel; ++row)
      for (int i = 0; i < 64 * depth; i += 4) {
        const std::uint8_t* planes[4];
        for (int c = 0; c < 4; ++c)
          planes[c] = i + c < plan.inputs ? in.at + static_cast<std::size_t>(i + c) * in.stride +
                                                (row - plan.kernel / 2) * in.pitch
                                          : none + 4;
        expand4(planes, strips + static_cast<std::size_t>(row * depth + i / 64) * kStrip +
                            static_cast<std::size_t>(i % 64 / 4) * 64);
      }
  }

  // Byte `byte` of every word of four planes, side by side.
  static __m512i side_by_side(const std::uint8_t* const planes[4], int offset, int byte) {
    __m512i all = _mm512_setzero_si512();
    for (unsigned c = 0; c < 4; ++c) {
      const __m512i word = _mm512_srli_epi32(_mm512_loadu_si512(planes[c] + offset), static_cast<unsigned>(8 * byte));
      all = _mm512_or_si512(all, _mm512_slli_epi32(_mm512_and_si512(word, _mm512_set1_epi32(255)), 8 * c));
    }
    return all;
  }

  // Bit `bit` of every byte as a byte of +1 (0) or -1 (1): a matrix over bits, rows 1 to 7 of which
  // choose the bit; the constant sets bit 0.
  static __m512i choose(__m512i bytes, int bit) {
    const auto matrix = static_cast<long long>(0x0001010101010101ull << bit);
    return _mm512_gf2p8affine_epi64_epi8(bytes, _mm512_set1_epi64(matrix), 1);
  }

  static void expand4(const std::uint8_t* const planes[4], std::uint8_t* out) {
    __m512i p[4];
    for (int c = 0; c < 4; ++c) p[c] = _mm512_loadu_si512(planes[c]);
    trade<8>(p[0], p[1]);
    trade<8>(p[2], p[3]);
    trade<16>(p[0], p[2]);
    trade<16>(p[1], p[3]);  // p[q]: byte q of every word, of the four side by side
    for (int q = 0; q < 4; ++q)
      for (int bit = 0; bit < 8; ++bit)
        _mm512_store_si512(out + static_cast<std::size_t>(1 + 8 * q + bit) * kTile, choose(p[q], bit));
    _mm512_store_si512(out, choose(side_by_side(planes, -4, 3), 7));
    _mm512_store_si512(out + 33 * kTile, choose(side_by_side(planes, 4, 0), 0));
  }
};

}  // namespace

const Cell amx_cell = LaneCell<Matrix>::cell;

}  // namespace docbin::xnor
