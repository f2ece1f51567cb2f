// Binary layers against the definition, on every target: dot = sum of products of signs.
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <random>

#include "dispatch.hpp"
#include "layer.hpp"

using namespace docbin;

int main() {
  struct Case {
    int inputs, outputs, kernel;
    long height, width;
  };
  const Case cases[] = {{1, 1, 1, 1, 1},   {1, 2, 3, 1, 1},    {7, 4, 3, 5, 8},   {33, 65, 1, 8, 64},
                        {65, 9, 3, 9, 31}, {2, 3, 3, 3, 511},  {2, 3, 3, 2, 513}, {180, 6, 3, 3, 17},
                        {3, 5, 3, 40, 1},  {16, 16, 3, 30, 30}};
  std::mt19937 random(11);
  int failures = 0;
  std::size_t targets = 0;
  const TargetRow* table = target_table(&targets);
  for (const Case& c : cases) {
    const int bytes = (c.inputs + 7) / 8, k = c.kernel, pad = k / 2;
    std::vector<std::uint8_t> weights(static_cast<std::size_t>(c.outputs * k * k * bytes));
    for (auto& w : weights) w = static_cast<std::uint8_t>(random());
    const long area = c.height * c.width;
    std::vector<std::uint8_t> signs(static_cast<std::size_t>(c.inputs * area));
    for (auto& s : signs) s = random() & 1u;
    std::vector<std::int32_t> expected(static_cast<std::size_t>(c.outputs * area));
    for (int o = 0; o < c.outputs; ++o)
      for (long y = 0; y < c.height; ++y)
        for (long x = 0; x < c.width; ++x) {
          std::int32_t dot = 0;
          for (int t = 0; t < k * k; ++t)
            for (int i = 0; i < c.inputs; ++i) {
              const long v = y + t / k - pad, u = x + t % k - pad;
              const bool inside = v >= 0 && v < c.height && u >= 0 && u < c.width;
              const bool a = inside && signs[static_cast<std::size_t>((i * c.height + v) * c.width + u)] != 0;
              const bool w = ((weights[static_cast<std::size_t>((o * k * k + t) * bytes + i / 8)] >> (i % 8)) & 1u) != 0;
              dot += a == w ? 1 : -1;
            }
          expected[static_cast<std::size_t>((o * c.height + y) * c.width + x)] = dot;
        }
    for (int share = 1; share <= xnor::kMaxShare; ++share) {
      for (std::size_t t = 0; t < targets; ++t) {
        if (!use_target(table[t].name)) continue;
        const xnor::Plan plan = xnor::make_plan(weights.data(), c.outputs, c.inputs, k, share);
        std::vector<std::int32_t> found(expected.size());
        xnor::layer_sums(plan, signs.data(), {c.height, c.width}, found.data());
        bool good = found == expected;
        const std::vector<std::int32_t> threshold(static_cast<std::size_t>(c.outputs), 1);
        const std::vector<std::uint8_t> flip(static_cast<std::size_t>(c.outputs), 1);
        std::vector<std::uint8_t> below(expected.size());
        xnor::layer_signs(plan, signs.data(), {c.height, c.width}, threshold.data(), flip.data(), below.data());
        for (std::size_t i = 0; i < below.size(); ++i) good = good && (below[i] != 0) == (expected[i] >= 1);
        if (good) continue;
        std::printf("%s differs: %d to %d, kernel %d, %ld x %ld, share %d\n", table[t].name, c.inputs,
                    c.outputs, k, c.height, c.width, share);
        ++failures;
      }
    }
  }
  std::printf("layers: %zu cases, %d failures\n", std::size(cases), failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
