// Sums, extremes and thresholds over a square window that is clipped at the page edge.
//
// Maths. For the pixel (y, x) and an odd window 2r+1, the window is the rows y-r..y+r and columns
// x-r..x+r that exist; n is how many pixels that is. With S the sum of their grey values and Q the
// sum of their squares, both exact integers,
//     D = n Q - S^2 >= 0          mean = S / n          deviation = sqrt(D) / n.
// D is the exact integer rounded once to double, so nothing cancels. It is 0 exactly when all
// pixels of the window are equal; every deviation rule says that such a window holds no ink.
//
// A rule "grey <= T" is decided without dividing and without a root: every T here is
// (u + v sqrt(D)) with v of one sign, and x <= y sqrt(D) is x|x| <= y|y| D. The order of the double
// operations is that of docbin/native/reference_window.py, and the build has -ffp-contract=off, so
// every target and every number of threads gives the same bits.
//
// Cost. Running sums down the columns, one prefix sum a row: a page is read once for each row that
// enters and once for each that leaves a window, whatever the window. Extremes: van Herk down the
// columns, doubling along the row (the one cost that grows, with log2 of the window).
//
// Bounds, for pages to 2^31 pixels. A column sum of squares is at most 65025 rows: 32 bits up to
// kRows32 rows. A window's S and Q fit 32 bits up to kPixels32 pixels (prefix sums may wrap: their
// difference does not), and n^2 65025 < 2^53 there, so D is exact in double. Q < 2^52 always. Up to
// kPixels64 pixels D < n^2 127.5^2 < 2^64, taken modulo 2^64; beyond that, 128-bit integers.
//
// Layout. Pages are contiguous rows of uint8. Ink is one byte a pixel (0 or 1), or one bit a pixel,
// rows padded to whole bytes, the leftmost pixel in the highest bit (numpy.packbits, PNG, TIFF).
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin::window {

constexpr std::int64_t kRows32 = 66051;            // 65025 * kRows32 < 2^32
constexpr std::int64_t kPixels32 = 66051;          // 65025 * kPixels32 < 2^32
constexpr std::int64_t kPixels64 = 1ll << 25;      // kPixels64^2 * 16256.25 < 2^64

struct Page {
  const std::uint8_t* gray;
  std::int64_t height, width;
};

// Numbered as in docbin/native/window.py. With m = mean, s = deviation, g = grey, M = p[2]:
enum class Formula : int {
  niblack = 0,     // m + k s                                            p = {k}
  sauvola = 1,     // m (1 + k (s/R - 1))                                p = {k, R}
  wolf = 2,        // m - k (1 - s/R) (m - M)                            p = {k, R, M}
  nick = 3,        // m + k sqrt((Q - m^2) / n)                          p = {k}
  phansalkar = 4,  // m (1 + p exp(-q m/255) + k (s/R - 1))              p = {k, R, p, q}
  singh = 5,       // m (1 + k (d/(1-d) - 1)), d = (g - m)/255, or |d|   p = {k, 1 for |d|}
  bradley = 6,     // m (1 - t)                                          p = {t}
  wan = 7,         // (h + m)/2 (1 + k (s/R - 1)), h from `plane`        p = {k, R}
};

struct Rule {
  Formula formula;
  double p[4];
  const std::uint8_t* plane;  // wan: the local maximum, as large as the page; else null
};

// Rows of ink. `stride` bytes a row: width, or (width + 7) / 8 when packed.
struct Ink {
  std::uint8_t* data;
  std::int64_t stride;
  bool packed;
};

// What an extreme is for: any of the outputs may be null.
struct Extremes {
  std::uint8_t* low;
  std::uint8_t* high;
  std::uint8_t* contrast;  // floor(255 (high - low) / (high + low + 0.0001))
  Ink ink;                 // Bernsen: grey <= (low + high) / 2 where high - low > limit, else
  int limit, fallback;     // grey <= fallback
};

// One target's functions, each for the rows y0 <= y < y1. `scratch` is theirs alone.
struct Cell {
  void (*threshold)(const Page&, std::int64_t radius, const Rule&, const Ink&, std::int64_t y0,
                    std::int64_t y1, unsigned char* scratch);
  void (*moments)(const Page&, std::int64_t radius, float* mean, float* deviation, std::int64_t y0,
                  std::int64_t y1, unsigned char* scratch);
  double (*max_variance)(const Page&, std::int64_t radius, std::int64_t y0, std::int64_t y1,
                         unsigned char* scratch);
  void (*extremes)(const Page&, std::int64_t radius, const Extremes&, std::int64_t y0,
                   std::int64_t y1, unsigned char* scratch);
};

extern const Cell kScalar;
#if defined(__x86_64__)
extern const Cell kAvx2;
extern const Cell kAvx512;
#endif
#if defined(__aarch64__)
extern const Cell kNeon;
#endif

// The whole page on the active target, its rows in `threads` bands.
void threshold(const Page&, std::int64_t window, const Rule&, const Ink&, int threads);
void moments(const Page&, std::int64_t window, float* mean, float* deviation, int threads);
double max_variance(const Page&, std::int64_t window, int threads);
void extremes(const Page&, std::int64_t window, const Extremes&, int threads);

}  // namespace docbin::window
