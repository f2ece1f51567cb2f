// The source of the AVX-512 window cell against the portable one, on processors that have no
// AVX-512: its intrinsics are those of avx512_in_loops. Needs AVX2; elsewhere it does nothing.
#if defined(__x86_64__)
#include "../src/window_avx512.cpp"

#include <cstdio>
#include <random>
#include <vector>

using namespace docbin::window;

namespace {

struct Case {
  std::int64_t height, width, radius;
  std::vector<std::uint8_t> gray, plane;
};

Case made(std::mt19937& random) {
  const auto up_to = [&](unsigned most) { return static_cast<std::int64_t>(1 + random() % most); };
  Case c{up_to(90), up_to(330), 0, {}, {}};
  constexpr std::int64_t radii[] = {0, 1, 7, 15, 37, 100, 200};
  const std::int64_t most = (c.height > c.width ? c.height : c.width) - 1;
  c.radius = radii[random() % 7];
  if (c.radius > most) c.radius = most;
  const auto kind = static_cast<unsigned>(random() % 4);
  for (std::int64_t i = 0; i < c.height * c.width; ++i) {
    const auto v = static_cast<unsigned>(random());
    const unsigned grey = kind == 0   ? v
                          : kind == 1 ? (v % 5 ? 200 + v / 8 % 30 : 40)
                          : kind == 2 ? (v % 20 ? 255 : 0)
                                      : 200;
    c.gray.push_back(static_cast<std::uint8_t>(grey));
    c.plane.push_back(static_cast<std::uint8_t>(random()));
  }
  return c;
}

int differing(const Case& c, unsigned char* scratch) {
  const Page page{c.gray.data(), c.height, c.width};
  const std::size_t pixels = c.gray.size();
  int wrong = 0;
  const double settings[8][4] = {{-0.2}, {0.2, 128}, {0.5, 61.5, 3}, {-0.1}, {0.25, 127.5, 2, 10},
                                 {0.2},  {0.15},     {0.2, 128}};
  for (int formula = 0; formula < 8; ++formula)
    for (const bool packed : {false, true}) {
      const double* p = settings[formula];
      const Rule rule{static_cast<Formula>(formula), {p[0], p[1], p[2], p[3]}, c.plane.data()};
      const std::int64_t stride = packed ? (c.width + 7) / 8 : c.width;
      std::vector<std::uint8_t> one(stride * c.height, 7), other(stride * c.height, 9);
      const Ink to{other.data(), stride, packed};
      kScalar.threshold(page, c.radius, rule, {one.data(), stride, packed}, 0, c.height, scratch);
      kAvx512.threshold(page, c.radius, rule, to, 0, c.height / 3, scratch);
      kAvx512.threshold(page, c.radius, rule, to, c.height / 3, c.height, scratch);
      wrong += one != other;
    }
  std::vector<float> mean[2], deviation[2];
  std::vector<std::uint8_t> low[2], high[2], contrast[2], ink[2];
  double most[2];
  for (int k = 0; k < 2; ++k) {
    const Cell& cell = k == 0 ? kScalar : kAvx512;
    mean[k].resize(pixels);
    deviation[k].resize(pixels);
    for (auto* plane : {&low[k], &high[k], &contrast[k], &ink[k]}) plane->resize(pixels);
    cell.moments(page, c.radius, mean[k].data(), deviation[k].data(), 0, c.height, scratch);
    most[k] = cell.max_variance(page, c.radius, 0, c.height, scratch);
    const Extremes wanted{low[k].data(), high[k].data(), contrast[k].data(),
                          {ink[k].data(), c.width, false}, 25, 100};
    cell.extremes(page, c.radius, wanted, 0, c.height, scratch);
  }
  return wrong + (mean[0] != mean[1]) + (deviation[0] != deviation[1]) + (most[0] != most[1]) +
         (low[0] != low[1]) + (high[0] != high[1]) + (contrast[0] != contrast[1]) +
         (ink[0] != ink[1]);
}

}  // namespace

int main() {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
  std::mt19937 random(5);
  std::vector<unsigned char> scratch(4 << 20);
  int wrong = 0;
  for (int k = 0; k < 60; ++k) wrong += differing(made(random), scratch.data());
  std::printf("window, AVX-512 in loops: %d differ\n", wrong);
  return wrong != 0;
}
#else
int main() { return 0; }
#endif
