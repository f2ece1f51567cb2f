// Every target that runs here against sums taken pixel by pixel, and against the scalar target.
//
// The Python tests hold all targets of this machine to the NumPy twin; this one also runs where
// Python does not: under an emulator (scripts/check-neon) and under the sanitizers.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "dispatch.hpp"
#include "window.hpp"

namespace {

using docbin::window::Formula;
using docbin::window::Page;

int failures = 0;

void expect(bool right, const std::string& what) {
  if (right) return;
  std::printf("FAILED %s\n", what.c_str());
  ++failures;
}

struct Case {
  std::int64_t height, width, window;
};

const Case kCases[] = {{1, 1, 3},    {1, 40, 15},   {40, 1, 15},  {3, 7, 1},      {5, 8, 3},
                       {9, 17, 31},  {33, 31, 15},  {20, 65, 9},  {64, 129, 201}, {31, 16, 7},
                       {70, 100, 33}, {300, 280, 259}};

struct Rules {
  Formula formula;
  double p[4];
};

const Rules kRules[] = {
    {Formula::niblack, {-0.2}},        {Formula::niblack, {0.3}},
    {Formula::sauvola, {0.2, 128}},    {Formula::wolf, {0.5, 61.5, 3}},
    {Formula::nick, {-0.1}},           {Formula::phansalkar, {0.25, 127.5, 2, 10}},
    {Formula::singh, {0.2, 0}},        {Formula::singh, {0.2, 1}},
    {Formula::bradley, {0.15}},        {Formula::wan, {0.2, 128}},
};

// The threshold as the paper writes it; `close` where rounding could decide.
bool by_formula(const Rules& rule, double g, double n, double S, double Q, double D, double plane,
                bool* close) {
  const double m = S / n, s = std::sqrt(D) / n, k = rule.p[0], R = rule.p[1];
  double T = 0;
  const double d = (rule.p[1] != 0 ? std::fabs(g - m) : g - m) / 255;
  switch (rule.formula) {
    case Formula::niblack: T = m + k * s; break;
    case Formula::sauvola: T = m * (1 + k * (s / R - 1)); break;
    case Formula::wolf: T = m - k * (1 - s / R) * (m - rule.p[2]); break;
    case Formula::nick: T = m + k * std::sqrt((Q - m * m) / n); break;
    case Formula::phansalkar:
      T = m * (1 + rule.p[2] * std::exp(-rule.p[3] * m / 255) + k * (s / R - 1));
      break;
    case Formula::singh: T = m * (1 + k * (d / (1 - d) - 1)); break;
    case Formula::bradley: T = m * (1 - k); break;
    case Formula::wan: T = (plane + m) / 2 * (1 + k * (s / R - 1)); break;
  }
  *close = std::fabs(g - T) < 1e-9;
  return g <= T && (rule.formula == Formula::bradley ? S > 0 : D > 0);
}

struct Result {
  std::vector<std::vector<std::uint8_t>> ink, packed;
  std::vector<float> mean, deviation;
  std::vector<std::uint8_t> low, high, contrast, bernsen;
  double variance;
};

Result run(const Page& page, std::int64_t window, int threads) {
  const std::int64_t pixels = page.height * page.width, stride = (page.width + 7) / 8;
  Result r;
  for (auto* plane : {&r.low, &r.high, &r.contrast, &r.bernsen}) plane->resize(pixels);
  r.mean.resize(pixels);
  r.deviation.resize(pixels);
  docbin::window::extremes(page, window,
                           {r.low.data(), r.high.data(), r.contrast.data(),
                            {r.bernsen.data(), page.width, false}, 25, 100},
                           threads);
  docbin::window::moments(page, window, r.mean.data(), r.deviation.data(), threads);
  r.variance = docbin::window::max_variance(page, window, threads);
  for (const Rules& rule : kRules) {
    docbin::window::Rule asked{rule.formula, {rule.p[0], rule.p[1], rule.p[2], rule.p[3]}, nullptr};
    if (rule.formula == Formula::wan) asked.plane = r.high.data();
    std::vector<std::uint8_t> bytes(pixels), bits(page.height * stride);
    docbin::window::threshold(page, window, asked, {bytes.data(), page.width, false}, threads);
    docbin::window::threshold(page, window, asked, {bits.data(), stride, true}, threads);
    r.ink.push_back(bytes);
    r.packed.push_back(bits);
  }
  return r;
}

void check_by_pixels(const Page& page, std::int64_t window, const Result& r,
                     const std::string& what) {
  const std::int64_t radius = window / 2;
  bool maps = true, inks = true, bits = true;
  for (std::int64_t y = 0; y < page.height; ++y)
    for (std::int64_t x = 0; x < page.width; ++x) {
      std::int64_t n = 0, S = 0, Q = 0;
      int low = 255, high = 0;
      for (std::int64_t v = std::max<std::int64_t>(0, y - radius);
           v <= std::min(page.height - 1, y + radius); ++v)
        for (std::int64_t u = std::max<std::int64_t>(0, x - radius);
             u <= std::min(page.width - 1, x + radius); ++u) {
          const int g = page.gray[v * page.width + u];
          ++n, S += g, Q += g * g;
          low = g < low ? g : low;
          high = g > high ? g : high;
        }
      const double D = static_cast<double>(n * Q - S * S);
      const std::int64_t at = y * page.width + x;
      const int g = page.gray[at];
      maps &= r.mean[at] == static_cast<float>(static_cast<double>(S) / n);
      maps &= r.deviation[at] == static_cast<float>(std::sqrt(D) / n);
      maps &= r.low[at] == low && r.high[at] == high;
      maps &= r.contrast[at] ==
              static_cast<int>(255 * (static_cast<double>(high - low) / (0.0001 + (high + low))));
      maps &= r.bernsen[at] ==
              (high > low && g <= (high - low > 25 ? (high + low) / 2 : 100));
      for (std::size_t i = 0; i < r.ink.size(); ++i) {
        bool close = false;
        const bool ink = by_formula(kRules[i], g, n, S, Q, D, high, &close);
        inks &= close || r.ink[i][at] == ink;
        const std::int64_t stride = (page.width + 7) / 8;
        bits &= (r.packed[i][y * stride + x / 8] >> (7 - x % 8) & 1) == r.ink[i][at];
      }
    }
  expect(maps, what + ": maps");
  expect(inks, what + ": thresholds");
  expect(bits, what + ": packed");
}

bool same(const Result& a, const Result& b) {
  return a.ink == b.ink && a.packed == b.packed && a.mean == b.mean && a.deviation == b.deviation &&
         a.low == b.low && a.high == b.high && a.contrast == b.contrast && a.bernsen == b.bernsen &&
         a.variance == b.variance;
}

}  // namespace

int main() {
  std::mt19937 random(1);
  std::size_t count = 0;
  const docbin::TargetRow* table = docbin::target_table(&count);
  std::vector<Case> cases(std::begin(kCases), std::end(kCases));
  for (const std::int64_t window : {1, 3, 15, 31, 75, 201, 401})
    for (int i = 0; i < 4; ++i) cases.push_back({1 + random() % 90, 1 + random() % 330, window});
  for (std::size_t number = 0; number < cases.size(); ++number)
    for (int kind = 0; kind < 3; ++kind) {
      const Case& c = cases[number];
      std::vector<std::uint8_t> gray(c.height * c.width, 255);
      if (kind > 0)
        for (std::uint8_t& g : gray)
          g = static_cast<std::uint8_t>(kind == 1 ? random() : random() % 5 == 0 ? 40 : 210);
      const Page page{gray.data(), c.height, c.width};
      docbin::use_target("scalar");
      const Result plain = run(page, c.window, 1);
      const std::string name = std::to_string(c.height) + "x" + std::to_string(c.width) +
                               " window " + std::to_string(c.window) + " kind " +
                               std::to_string(kind);
      if (number < std::size(kCases) && c.height * c.width < 10000)
        check_by_pixels(page, c.window, plain, name);
      for (std::size_t i = 0; i < count; ++i) {
        if (!table[i].runs_here()) continue;
        docbin::use_target(table[i].name);
        for (int threads : {1, 3})
          expect(same(run(page, c.window, threads), plain),
                 name + " on " + table[i].name + " with " + std::to_string(threads) + " threads");
      }
    }
  if (failures == 0)
    std::printf("window: %zu cases, targets up to %s\n", cases.size(), table[0].name);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
