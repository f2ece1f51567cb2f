// A packed network gives the same logits on every target of this machine, however it is cut.
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "dispatch.hpp"
#include "random_network.hpp"

using namespace docbin;

int main() {
  struct Case {
    int channels, page_channels, digits, bits, count, kernel, height, width;
  };
  const Case cases[] = {
      {8, 3, 2, 16, 1, 3, 53, 70},  {6, 1, 1, 14, 1, 1, 97, 33},  {66, 1, 3, 16, 1, 3, 20, 49},
      {16, 3, 2, 16, 2, 3, 1, 1},   {4, 1, 2, 16, 1, 3, 7, 700},  {4, 1, 2, 16, 1, 3, 700, 7},
  };
  int failures = 0;
  std::size_t targets = 0;
  const TargetRow* table = target_table(&targets);
  for (const Case& c : cases) {
    network::Maker maker(c.page_channels, c.bits, c.digits, 7u);
    maker.build(c.channels, c.count, c.kernel);
    const auto pixels = maker.page(c.height, c.width);
    const network::Page page{pixels.data(), c.height, c.width, c.page_channels};
    const std::size_t size = static_cast<std::size_t>(c.height) * static_cast<std::size_t>(c.width);
    std::vector<std::int16_t> expected(size);
    use_target("scalar");
    maker.network.run(page, {}, 1, 0, 0, expected.data());
    for (std::size_t t = 0; t < targets; ++t) {
      if (!use_target(table[t].name)) continue;
      const int cuts[][3] = {{1, 0, 0}, {2, 0, 0}, {1, 16, 0}, {3, 32, 48}, {1, 0, 16}, {5, 0, 0}, {8, 16, 0}};
      for (const auto& cut : cuts) {
        std::vector<std::int16_t> found(size, 12345);
        maker.network.run(page, {}, cut[0], cut[1], cut[2], found.data());
        if (found != expected) {
          std::printf("%s differs: %d channels, page %d x %d, cut %d %d %d\n", table[t].name,
                      c.channels, c.height, c.width, cut[0], cut[1], cut[2]);
          ++failures;
        }
      }
    }
  }
  std::printf("networks: %zu cases, %d failures\n", std::size(cases), failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
