// Fixed-point layers against their definition, on every target, directly and by Winograd.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <random>
#include <vector>

#include "dispatch.hpp"
#include "fixed.hpp"

using namespace docbin;
using fixed::Kind;
using fixed::Map;

namespace {

std::mt19937 random_numbers(5);

int between(int low, int high) {
  return low + static_cast<int>(random_numbers() % static_cast<unsigned>(high - low + 1));
}

struct Storage {
  std::vector<std::int16_t> values;
  Map map;
  Storage(int height, int width, int channels, int least, int most)
      : values(static_cast<std::size_t>((height + 2) * (width + 2) * channels), 0),
        map{values.data(), height, width, channels} {
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        for (int c = 0; c < channels; ++c) map.at(y, x)[c] = static_cast<std::int16_t>(between(least, most));
  }
  Storage(const Storage& other) : values(other.values), map(other.map) { map.data = values.data(); }
};

struct Numbers {
  Kind kind;
  int inputs, outputs, side, shift, low, high;
  std::vector<std::int16_t> weight;
  std::vector<std::int32_t> bias;
  int end(long sum, int o, int skip) const {
    const long half = 1L << (shift - 1);
    return static_cast<int>(std::clamp(((sum + bias[static_cast<std::size_t>(o)] + half) >> shift) + skip, static_cast<long>(low), static_cast<long>(high)));
  }
  // Of input o of `outputs`, its taps laid from pixel (y, x) on.
  long sum(const Map& in, int y, int x, int o) const {
    long total = 0;
    for (int t = 0; t < side * side; ++t)
      for (int i = 0; i < inputs; ++i)
        total += long{in.at(y + t / side, x + t % side)[i]} * weight[static_cast<std::size_t>((o * inputs + i) * side * side + t)];
    return total;
  }
};

Numbers numbers(Kind kind, int inputs, int outputs) {
  const int side = kind == Kind::up ? 1 : kind == Kind::down ? 2 : 3;
  Numbers n{kind, inputs, outputs, side, 9, -3000, 8191, {}, {}};
  for (int i = 0; i < outputs * inputs * side * side; ++i) n.weight.push_back(static_cast<std::int16_t>(between(-90, 90)));
  for (int i = 0; i < outputs; ++i) n.bias.push_back(between(-90000, 90000));
  return n;
}

int failures = 0;

void check(bool good, const char* what, const char* target, const Numbers& n, const Map& in) {
  if (good) return;
  std::printf("%s differs on %s: %d to %d, %d x %d\n", what, target, n.inputs, n.outputs, in.height, in.width);
  ++failures;
}

void one_size(int height, int width, int inputs, int outputs, const char* target) {
  const Storage in(height, width, inputs, -8191, 8191);
  for (const Kind kind : {Kind::winograd, Kind::direct}) {
    const Numbers n = numbers(kind, inputs, outputs);
    const fixed::Layer layer = fixed::make_layer(kind, n.weight.data(), outputs, inputs, n.bias.data(), n.shift, n.low, n.high);
    const Storage skip(height, width, outputs, 0, 8191);
    for (const bool added : {false, true}) {
      Storage out(skip);  // a sum lands on what it adds
      fixed::cell().convolve(layer, in.map, added ? &out.map : nullptr, out.map);
      Storage expected(skip);
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
          for (int o = 0; o < outputs; ++o)
            expected.map.at(y, x)[o] = static_cast<std::int16_t>(n.end(n.sum(in.map, y - 1, x - 1, o), o, added ? skip.map.at(y, x)[o] : 0));
      check(out.values == expected.values, kind == Kind::direct ? "direct" : "winograd", target, n, in.map);
    }
  }
  const Numbers n = numbers(Kind::down, inputs, outputs);
  const fixed::Layer shrink = fixed::make_layer(n.kind, n.weight.data(), outputs, inputs, n.bias.data(), n.shift, n.low, n.high);
  if (height % 4 == 0 && width % 4 == 0) {
    Storage out(height / 2, width / 2, outputs, 0, 0), expected(out);
    fixed::cell().down(shrink, in.map, out.map);
    for (int y = 0; y < height / 2; ++y)
      for (int x = 0; x < width / 2; ++x)
        for (int o = 0; o < outputs; ++o)
          expected.map.at(y, x)[o] = static_cast<std::int16_t>(n.end(n.sum(in.map, 2 * y, 2 * x, o), o, 0));
    check(out.values == expected.values, "down", target, n, in.map);
  }
  const Numbers wide = numbers(Kind::up, inputs, 4 * outputs);
  const fixed::Layer grow = fixed::make_layer(wide.kind, wide.weight.data(), 4 * outputs, inputs, wide.bias.data(), wide.shift, wide.low, wide.high);
  Storage out(2 * height, 2 * width, outputs, 0, 8191), expected(out);
  fixed::cell().up(grow, in.map, out.map);
  for (int y = 0; y < 2 * height; ++y)
    for (int x = 0; x < 2 * width; ++x)
      for (int c = 0; c < outputs; ++c) {
        const int o = (y % 2 * 2 + x % 2) * outputs + c;
        std::int16_t& value = expected.map.at(y, x)[c];
        value = static_cast<std::int16_t>(wide.end(wide.sum(in.map, y / 2, x / 2, o), o, value));
      }
  check(out.values == expected.values, "up", target, wide, in.map);

  const Numbers four = numbers(Kind::up, inputs, 4);
  const fixed::Layer tail = fixed::make_layer(four.kind, four.weight.data(), 4, inputs, four.bias.data(), four.shift, four.low, four.high);
  std::vector<std::int16_t> plane(static_cast<std::size_t>(4 * height * width)), wanted(plane);
  fixed::cell().logits(tail, in.map, plane.data());
  for (int y = 0; y < 2 * height; ++y)
    for (int x = 0; x < 2 * width; ++x) {
      const int o = y % 2 * 2 + x % 2;
      wanted[static_cast<std::size_t>(y * 2 * width + x)] = static_cast<std::int16_t>(four.end(four.sum(in.map, y / 2, x / 2, o), o, 0));
    }
  check(plane == wanted, "logits", target, four, in.map);
}

}  // namespace

int main() {
  const int sizes[][2] = {{2, 2}, {4, 24}, {6, 26}, {8, 50}, {12, 4}};
  std::size_t targets = 0;
  const TargetRow* table = target_table(&targets);
  for (std::size_t t = 0; t < targets; ++t) {
    if (!use_target(table[t].name)) continue;
    for (const auto& size : sizes) {
      one_size(size[0], size[1], 16, 48, table[t].name);
      one_size(size[0], size[1], 32, 16, table[t].name);
    }
  }
  std::printf("fixed: %zu sizes, %d failures\n", std::size(sizes), failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
