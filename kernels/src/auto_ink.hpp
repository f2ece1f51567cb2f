// The page-wide passes of the automatic method: edges that set a level, paper and depth of the ink.
//
// Windows of `side` pixels, odd, at most kWidest; pages are mirrored at their ends without repeating
// the last pixel (OpenCV's BORDER_REFLECT_101), windows larger than the page mirror it again. n is
// side^2.
//
// edge_power. With Sobel's whole numbers Gx, Gy of a grey page, W = Gx^2 + Gy^2, at most 1020^2 * 2.
// Returned are the sums of W and of W g over the page.
//
// edge_ink. A window says "ink" where g (S + n calm) <= T + n calm mean, S and T the sums of W and
// W g in it: g at most the mean grey of its edges, drawn to `mean` by `calm`. `wide` is what the
// first window says, `near` what only the second does.
//
// paper_depth. From the pixels of a first ink, and from the bare ones that have none of it among
// themselves and their eight neighbours:
//     B = (S1 + n1 t1 B') / (N1 + n1 t1)       B' = (S2 + n2 t2 b) / (N2 + n2 t2)
// S and N the sums of grey and the numbers of bare pixels in the near (1) and far (2) window, b the
// mean of all bare ones. B is rounded to 1/kSteps. I is made alike from the sums of B - g of the ink.
// I is at least 1. level = ceil(B - share I), 0 to 255: what is darker lies deeper than share I.
//
// sharpened. With S3 and S7 the sums of grey in windows of 3 and 7, in whole numbers,
//     s = (246 g + 228 S3 - 26 S7 + 512) >> 10, 0 to 255: about g / 4 + 2 S3 / 9 - 5 S7 / (4 * 49).
//
// Bounds. W < 2^21, W g < 2^29, |B - g| <= 255 kSteps: sums down kWidest rows of W and B - g are
// below 2^31, those of a window's counts and greys too. The others are whole numbers in double,
// exact on pages to 2^18 columns; on wider ones they are rounded, in one order for every target.
// The order of the operations is that of docbin/native/reference_auto.py.
#pragma once

#include <cstdint>
#include <vector>

namespace docbin::auto_ink {

constexpr int kWidest = 1023;
constexpr std::int32_t kSteps = 8192;  // B is counted in grey levels of so many steps
constexpr std::int32_t kOwn = 246, kThree = 228, kSeven = 26;  // 246 + 9 * 228 - 49 * 26 = 1024

struct Plane {
  const std::uint8_t* gray;
  std::int64_t height, width;
};

struct Power {
  double weight, weighted;  // sums over the page
  double ordinary, calm;    // of W at every third pixel each way: 95th percentile, median
};

struct EdgeWindow {
  std::int64_t side;
  double calm;
};

struct Trust {
  std::int64_t side;
  double trust;
};

struct Depth {
  const std::uint8_t* ink;   // 0 or 1
  Trust paper[2];            // near, far
  Trust depth[2];            // near, far
  double share;
  std::int32_t* background;  // B, in steps
  float* below;         // I; may be null
  std::uint8_t* level;
};

// One target's functions. `scratch` holds scratch_doubles() numbers, of sharpened 3 width + 12.
struct Cell {
  Power (*edge_power)(const Plane&, std::int32_t* power);
  void (*edge_ink)(const Plane&, const std::int32_t* power, const EdgeWindow windows[2],
                   double mean, std::uint8_t* wide, std::uint8_t* near, double* scratch);
  void (*paper_depth)(const Plane&, const Depth&, const std::uint8_t* bare, double* scratch);
  void (*sharpened)(const Plane&, std::uint8_t* out, std::int32_t* scratch);
};

extern const Cell kScalar, kAvx2;  // the second on x86-64 alone

// The value below which `share` of the values lie, between neighbours as numpy.percentile; reorders.
double quantile(std::vector<std::int32_t>& values, double share);

Power edge_power(const Plane&, std::int32_t* power);
void edge_ink(const Plane&, const std::int32_t* power, const EdgeWindow windows[2], double mean,
              std::uint8_t* wide, std::uint8_t* near);
void paper_depth(const Plane&, const Depth&);
void sharpened(const Plane&, std::uint8_t* out);

}  // namespace docbin::auto_ink
