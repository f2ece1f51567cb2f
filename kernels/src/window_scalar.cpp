// The cell that runs anywhere: pairs of doubles, no intrinsics.
#include "window_extremes.hpp"
#include "window_rows.hpp"

namespace docbin::window {
namespace {

struct Plain {
  static constexpr int lanes = 2;
  using F = double __attribute__((vector_size(16)));
  using U = std::uint64_t __attribute__((vector_size(16)));

  static F grey(const std::uint8_t* p) { return F{double(p[0]), double(p[1])}; }
  static F small(const std::uint32_t* high, const std::uint32_t* low) {
    return F{double(static_cast<std::int32_t>(high[0] - low[0])),
             double(static_cast<std::int32_t>(high[1] - low[1]))};
  }
  static F wide32(const std::uint32_t* high, const std::uint32_t* low) {
    return F{double(high[0] - low[0]), double(high[1] - low[1])};
  }
  static unsigned le(F a, F b) { return unsigned(a[0] <= b[0]) | unsigned(a[1] <= b[1]) << 1; }
  static unsigned lt(F a, F b) { return unsigned(a[0] < b[0]) | unsigned(a[1] < b[1]) << 1; }
  static F root(F f) { return F{__builtin_sqrt(f[0]), __builtin_sqrt(f[1])}; }

  template <class Column, class Prefix>
  static std::int64_t advance(const std::uint8_t*, const std::uint8_t*, Column*, Column*, Prefix*,
                              Prefix*, std::int64_t) {
    return 0;
  }

  static void spread(std::uint8_t bits, std::uint8_t* out) {
    for (int i = 0; i < 8; ++i) out[i] = bits >> i & 1;
  }
};

}  // namespace

const Cell kScalar = {threshold_on<Plain>, moments_on<Plain>, max_variance_on<Plain>,
                      extremes_on<Plain>};

}  // namespace docbin::window
