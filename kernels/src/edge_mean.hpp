// Ink by the mean of the edge pixels around each pixel: what Su's, Lu and Su's methods share.
//
//     ink = N >= least and g N <= S + spread sqrt(max(N S2 - S^2, 0))
//
// N, S, S2: number, sum of grey, sum of squared grey of the edge pixels in a window of `side`, odd and
// at most kWidest, clipped at the page's end. That is g <= m + spread s, multiplied by N.
//
// Bounds. Sums down a column of squares are below 2^27, of a window's N and S below 2^31, S2 in double
// is exact on pages to 2^26 columns. N S2 and S^2 are rounded in double; one order for every target.
#pragma once

#include <cstdint>

namespace docbin::edge_mean {

constexpr int kWidest = 1023;

struct Rule {
  std::int64_t side;
  std::int32_t least;  // at least 1
  double spread;
};

// Planes are height x width bytes; edge and ink 0 or 1. scratch: scratch_doubles() numbers.
struct Cell {
  void (*ink)(const std::uint8_t* gray, const std::uint8_t* edge, std::int64_t height,
              std::int64_t width, const Rule&, std::uint8_t* ink, double* scratch);
};

extern const Cell kScalar, kAvx2;  // the second on x86-64 alone

void ink_by_edges(const std::uint8_t* gray, const std::uint8_t* edge, std::int64_t height,
                  std::int64_t width, const Rule&, std::uint8_t* ink);

}  // namespace docbin::edge_mean
