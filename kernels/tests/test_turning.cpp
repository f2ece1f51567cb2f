// Every target that runs here lays pages out as a pixel-by-pixel reading of turning.hpp does, with
// tables and pages as long as they must be and no longer: also under the sanitizers.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

#include "dispatch.hpp"
#include "turning.hpp"

namespace {

using Bytes = std::vector<std::uint8_t>;
using Table = std::vector<std::int32_t>;

struct Map {
  double a, b, c, d, e, f;
};

struct Case {
  int height, width, channels, out_height, out_width;
  Map map;
};

struct Tables {
  Table across, row, down, rows;
};

Tables tables(const Case& is) {
  const auto [a, b, c, d, e, f] = is.map;
  const auto place = [](double at) { return static_cast<std::int32_t>(std::nearbyint(4096 * at)); };
  Tables t;
  for (int x = 0; x < is.out_width; ++x) {
    t.across.push_back(4096 * x + place((a - b * d / e - 1) * x + c - b * f / e));
    t.down.push_back(place(d * x));
  }
  for (int v = 0; v < is.height; ++v) t.row.push_back(place(b / e * v));
  for (int y = 0; y < is.out_height; ++y) t.rows.push_back(place(e * y + f));
  return t;
}

struct Taps {
  std::int32_t whole, weights[4];
};

Taps taps(std::int32_t place) {
  const std::int32_t t = place & 4095, s = 4096 - t, ts = (t * s) >> 10;
  const std::int32_t before = -((3 * ts * s) >> 14), after = -((3 * ts * t) >> 14);
  const std::int32_t here = 4 * s + ts - ((5 * ts * t) >> 14);
  return {place >> 12, {before, here, 16384 - before - here - after, after}};
}

Bytes looked_up(const Case& is, const Tables& t, const Bytes& page, const Bytes& fill) {
  Bytes out;
  const auto across = [&](int x, int v, int channel) {
    if (v < 0 || v >= is.height) return 64 * fill[channel];
    const Taps u = taps(t.across[x] + t.row[v]);
    std::int32_t sum = 128;
    for (int k = 0; k < 4; ++k) {
      const int at = u.whole - 1 + k;
      const bool on = at >= 0 && at < is.width;
      const std::size_t i = (static_cast<std::size_t>(v) * is.width + at) * is.channels + channel;
      sum += u.weights[k] * (on ? page[i] : fill[channel]);
    }
    return sum >> 8;
  };
  for (int y = 0; y < is.out_height; ++y)
    for (int x = 0; x < is.out_width; ++x)
      for (int channel = 0; channel < is.channels; ++channel) {
        const Taps v = taps(t.down[x] + t.rows[y]);
        std::int32_t sum = 1 << 19;
        for (int k = 0; k < 4; ++k) sum += v.weights[k] * across(x, v.whole - 1 + k, channel);
        sum >>= 20;
        out.push_back(static_cast<std::uint8_t>(sum < 0 ? 0 : sum > 255 ? 255 : sum));
      }
  return out;
}

}  // namespace

int main() {
  const Case cases[] = {
      {40, 51, 1, 43, 57, {0.9997, 0.0227, 2.7, -0.0227, 0.9997, 2.2}},
      {301, 129, 3, 290, 141, {0.996, 0.087, -9.2, -0.087, 0.996, 0.4}},
      {131, 270, 1, 257, 271, {0.97, -0.242, 3.0, 0.242, 0.97, -40.0}},
      {50, 21, 3, 61, 17, {0.94, 0.342, 0.0, -0.342, 0.94, 0.0}},
      {1, 1, 1, 1, 1, {1, 0.05, 0, -0.05, 1, 0}},
      {33, 35, 1, 9, 7, {1, 0, 500, 0, 1, -300}},   // nothing of the page in sight
      {20, 30, 3, 20, 30, {1, 0, 0, 0, 1, 0}},      // as it is
      {60, 300, 1, 31, 299, {1.9, 0.0, -5, 0, 1.9, 1}},  // reduced
      {64, 80, 1, 65, 81, {0.5, 0.43, 0, -0.43, 0.5, 60}},  // the steepest that is allowed
  };
  std::mt19937 random(3);
  std::size_t count = 0;
  const docbin::TargetRow* targets = docbin::target_table(&count);
  int failures = 0, runs = 0;
  for (const Case& is : cases) {
    const Tables t = tables(is);
    Bytes page(static_cast<std::size_t>(is.height) * is.width * is.channels), fill;
    for (auto& value : page) value = random() % 3 ? static_cast<std::uint8_t>(random()) : 255;
    for (int channel = 0; channel < is.channels; ++channel)
      fill.push_back(static_cast<std::uint8_t>(random()));
    const Bytes expected = looked_up(is, t, page, fill);
    for (std::size_t i = 0; i < count; ++i) {
      if (!docbin::use_target(targets[i].name)) continue;
      Bytes out(expected.size(), 1);
      docbin::turning::turned({page.data(), is.height, is.width, is.channels},
                              {t.across.data(), t.row.data(), t.down.data(), t.rows.data()},
                              fill.data(), is.out_height, is.out_width, out.data());
      ++runs;
      if (out != expected) {
        std::printf("FAILED %s %d x %d x %d\n", targets[i].name, is.height, is.width, is.channels);
        ++failures;
      }
    }
  }
  std::printf("%d of %d runs wrong\n", failures, runs);
  return failures != 0 || runs == 0;
}
