#include "window.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "dispatch.hpp"

namespace docbin::window {
namespace {

const Cell& cell() {
  static const Cell* const cells[] = {
      &kScalar,
#if defined(__aarch64__)
      &kNeon,
#else
      nullptr,
#endif
#if defined(__x86_64__)
      &kAvx2, &kAvx512,
#endif
  };
  return pick(cells);
}

// What Sums carves: two column sums, two prefix sums with a radius on each side, the column counts,
// and padded rows. Extremes: the suffixes of one block of rows, twice, and padded rows.
std::size_t sums_bytes(const Page& page, std::int64_t radius) {
  const std::int64_t side = std::min(radius, page.width - 1);
  return static_cast<std::size_t>(48 * (page.width + 256) + 16 * (page.width + 2 * side + 256));
}
std::size_t extremes_bytes(const Page& page, std::int64_t radius) {
  const std::int64_t side = std::min(radius, page.width - 1);
  const std::int64_t rows = std::min(2 * radius + 1, page.height);
  return static_cast<std::size_t>(2 * rows * page.width + 8 * (page.width + 2 * side + 256));
}

// Call work(band, first row, last row, scratch) for `threads` bands of about equal height. The
// calling thread takes the first band; a band that throws is rethrown here once all have ended.
template <typename Work>
void in_bands(std::int64_t height, int threads, std::size_t bytes, const Work& work) {
  const int bands = static_cast<int>(
      std::clamp<std::int64_t>(threads, 1, std::min<std::int64_t>(height, 256)));
  std::vector<std::exception_ptr> errors(bands);
  auto run = [&](int band) {
    try {
      std::unique_ptr<unsigned char[]> scratch(new unsigned char[bytes + 64]);
      work(band, height * band / bands, height * (band + 1) / bands, scratch.get());
    } catch (...) {
      errors[band] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  int started = 1;
  try {
    for (; started < bands; ++started) others.emplace_back(run, started);
  } catch (const std::exception&) {  // no more threads to be had: this one does their bands
  }
  run(0);
  for (int band = started; band < bands; ++band) run(band);
  for (std::thread& other : others) other.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

// No window reaches further than the page: a radius beyond it changes nothing.
std::int64_t radius_of(const Page& page, std::int64_t window) {
  return std::min(window / 2, std::max(page.height, page.width) - 1);
}

}  // namespace

void threshold(const Page& page, std::int64_t window, const Rule& rule, const Ink& ink,
               int threads) {
  const Cell& chosen = cell();
  const std::int64_t radius = radius_of(page, window);
  in_bands(page.height, threads, sums_bytes(page, radius),
           [&](int, std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
             chosen.threshold(page, radius, rule, ink, y0, y1, scratch);
           });
}

void moments(const Page& page, std::int64_t window, float* mean, float* deviation, int threads) {
  const Cell& chosen = cell();
  const std::int64_t radius = radius_of(page, window);
  in_bands(page.height, threads, sums_bytes(page, radius),
           [&](int, std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
             chosen.moments(page, radius, mean, deviation, y0, y1, scratch);
           });
}

double max_variance(const Page& page, std::int64_t window, int threads) {
  const Cell& chosen = cell();
  const std::int64_t radius = radius_of(page, window);
  std::vector<double> largest(256, 0.0);
  in_bands(page.height, threads, sums_bytes(page, radius),
           [&](int band, std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
             largest[band] = chosen.max_variance(page, radius, y0, y1, scratch);
           });
  return *std::max_element(largest.begin(), largest.end());
}

void extremes(const Page& page, std::int64_t window, const Extremes& wanted, int threads) {
  const Cell& chosen = cell();
  const std::int64_t radius = radius_of(page, window);
  in_bands(page.height, threads, extremes_bytes(page, radius),
           [&](int, std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
             chosen.extremes(page, radius, wanted, y0, y1, scratch);
           });
}

}  // namespace docbin::window
