// Networks with random weights, for the C++ tests: small numbers, so that nothing overflows.
#pragma once

#include <random>
#include <vector>

#include "network.hpp"

namespace docbin::network {

class Maker {
 public:
  Maker(int page_channels, int bits, int digits, unsigned seed)
      : network(page_channels, bits, digits), random_(seed) {}

  Network network;

  int stem(int channels) {
    const int inputs = network.node(0).channels;
    const auto weight = numbers<std::int16_t>(channels * inputs * 9, -20, 20);
    const auto bias = numbers<std::int32_t>(channels, -99, 99);
    const auto shift = numbers<std::uint8_t>(channels, 6, 8);
    return network.add_convolution(0, channels, weight.data(), bias.data(), shift.data(), 800);
  }
  int units(int input, int count, int kernel) {
    for (int i = 0; i < count; ++i) {
      const int c = network.node(input).channels;
      const auto weight = numbers<std::uint8_t>(c * kernel * kernel * ((c + 7) / 8), 0, 255);
      const auto bias = numbers<std::int32_t>(c, -40, 40);
      const auto positive = numbers<std::int32_t>(c, 50, 300);
      const auto negative = numbers<std::int32_t>(c, -100, 200);
      const auto threshold = numbers<std::int32_t>(c, -80, 80);
      input = network.add_unit(input, kernel, weight.data(),
                               {bias.data(), positive.data(), negative.data()}, threshold.data());
    }
    return input;
  }
  void head(int input) {
    const int c = network.node(input).channels;
    const auto weight = numbers<std::int16_t>(16 * c * 9, -3, 3);
    const auto bias = numbers<std::int32_t>(16, -99, 99);
    const auto shift = numbers<std::uint8_t>(16, 3, 6);
    network.add_head(input, weight.data(), bias.data(), shift.data());
  }
  // Two levels below the stem, `count` units each side of each.
  void build(int channels, int count, int bottom_kernel) {
    const int top = units(stem(channels), count, 3);
    const int middle = units(network.add_pool(top, true), count, 3);
    int last = units(network.add_pool(middle, false), 2 * count, bottom_kernel);
    last = units(network.add_add(network.add_up(last, false), middle), count, 3);
    last = units(network.add_add(network.add_up(last, true), top), count, 3);
    head(last);
  }
  std::vector<std::uint8_t> page(int height, int width) {
    return numbers<std::uint8_t>(height * width * network.page_channels(), 0, 255);
  }

 private:
  template <typename T>
  std::vector<T> numbers(int count, int low, int high) {
    std::uniform_int_distribution<int> pick(low, high);
    std::vector<T> values(static_cast<std::size_t>(count));
    for (T& value : values) value = static_cast<T>(pick(random_));
    return values;
  }
  std::mt19937 random_;
};

}  // namespace docbin::network
