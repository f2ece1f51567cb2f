// A packed network's loading, and the division of a page among threads.
#include "network.hpp"

#include <algorithm>
#include <cstdlib>


namespace docbin::network {
namespace {

constexpr int kBands = 16;  // a channel of the page

// (O, I, 3, 3) to [O][3][3][pairs][2].
std::vector<std::int16_t> in_pairs(const std::int16_t* weight, int outputs, int inputs) {
  const int pairs = (inputs + 1) / 2;
  std::vector<std::int16_t> sorted(static_cast<std::size_t>(outputs) * 9 * pairs * 2, 0);
  for (int o = 0; o < outputs; ++o)
    for (int i = 0; i < inputs; ++i)
      for (int t = 0; t < 9; ++t)
        sorted[(static_cast<std::size_t>(o) * 9 + t) * pairs * 2 + i] =
            weight[(static_cast<std::size_t>(o) * inputs + i) * 9 + t];
  return sorted;
}

// The weights of equal channels added, (O, 16, 3, 3): a third of the work, the same sums. What was
// proved of the channels' sums holds of these. Empty where one does not fit.
std::vector<std::int16_t> gray_weights(const std::int16_t* weight, int outputs, int inputs) {
  std::vector<std::int16_t> added;
  for (int o = 0; o < outputs; ++o)
    for (int at = 0; at < kBands * 9; ++at) {
      int sum = 0;
      for (int i = at; i < inputs * 9; i += kBands * 9)
        sum += weight[static_cast<std::size_t>(o) * inputs * 9 + i];
      if (sum != static_cast<std::int16_t>(sum)) return {};
      added.push_back(static_cast<std::int16_t>(sum));
    }
  return added;
}

// The largest sum of each output over inputs of at most `size`.
std::vector<std::int64_t> most_of(const std::int16_t* weight, int outputs, int inputs,
                                  std::int64_t size) {
  std::vector<std::int64_t> most;
  for (int o = 0; o < outputs; ++o) {
    std::int64_t sum = 0;
    for (int at = 0; at < inputs * 9; ++at) sum += std::abs(static_cast<int>(*weight++));
    most.push_back(sum * size);
  }
  return most;
}

// The same over bands of any page: these are sums of 16 pixels with signs, so the weights of the
// pixels are made and each given 0 or 255. (Bands are not all large at once: most_of would allow 7
// times as much.)
std::vector<std::int64_t> most_of_page(const std::int16_t* weight, int outputs, int inputs) {
  std::vector<std::int64_t> most;
  for (int o = 0; o < outputs; ++o) {
    std::int64_t low = 0, high = 0;
    for (int first = 0; first < inputs; first += kBands)
      for (int t = 0; t < 9; ++t) {
        std::int64_t pixel[kBands];  // by a Walsh-Hadamard transform, in some order
        for (int b = 0; b < kBands; ++b)
          pixel[b] = weight[(std::ptrdiff_t{o} * inputs + first + b) * 9 + t];
        for (int step = 1; step < kBands; step *= 2)
          for (int b = 0; b < kBands; ++b) {
            if ((b & step) != 0) continue;
            const std::int64_t x = pixel[b], y = pixel[b + step];
            pixel[b] = x + y;
            pixel[b + step] = x - y;
          }
        for (const std::int64_t w : pixel) (w < 0 ? low : high) += 255 * std::abs(w);
      }
    most.push_back(std::max(low, high));
  }
  return most;
}

}  // namespace

Network::Network(int page_channels, int bits, int digits)
    : page_channels_(page_channels), bits_(bits), digits_(digits) {
  Node page;
  page.op = Op::page;
  page.channels = kBands * page_channels;
  page.scale = 4;
  nodes_.push_back(page);
}

int Network::add_dense(Op op, int input, int outputs, const std::int16_t* weight,
                       const std::int32_t* bias, const std::uint8_t* shift, int limit) {
  Node n;
  n.op = op;
  n.input = input;
  n.inputs = node(input).channels;
  n.channels = outputs;
  n.scale = node(input).scale;
  n.limit = limit;
  n.weight = in_pairs(weight, outputs, n.inputs);
  const auto winograd = [&](const std::int16_t* of, int inputs) {
    const auto most = input == 0 ? most_of_page(of, outputs, inputs)
                                 : most_of(of, outputs, inputs, dense::kNarrow);
    return dense::make_winograd(of, outputs, inputs, bias, shift, limit, most);
  };
  n.winograd = winograd(weight, n.inputs);
  if (input == 0 && page_channels_ > 1) {
    const std::vector<std::int16_t> gray = gray_weights(weight, outputs, n.inputs);
    if (!gray.empty()) {
      n.gray_weight = in_pairs(gray.data(), outputs, kBands);
      n.gray_winograd = winograd(gray.data(), kBands);
    }
  }
  n.bias.assign(bias, bias + outputs);
  n.shift.assign(shift, shift + outputs);
  nodes_.push_back(std::move(n));
  return size() - 1;
}

int Network::add_convolution(int input, int outputs, const std::int16_t* weight,
                             const std::int32_t* bias, const std::uint8_t* shift, int limit) {
  return add_dense(Op::convolution, input, outputs, weight, bias, shift, limit);
}

int Network::add_head(int input, const std::int16_t* weight, const std::int32_t* bias,
                      const std::uint8_t* shift) {
  return add_dense(Op::head, input, 16, weight, bias, shift, 2048);
}

int Network::add_unit(int input, int kernel, const std::uint8_t* weight,
                      const UnitNumbers& numbers, const std::int32_t* threshold) {
  Node n;
  n.op = Op::unit;
  n.input = input;
  n.channels = node(input).channels;
  n.scale = node(input).scale;
  n.plan = xnor::make_plan(weight, n.channels, n.channels, kernel);
  n.epilogue = xnor::make_epilogue(n.plan, numbers.bias);
  xnor::add_gains(n.epilogue, n.plan, numbers.positive, numbers.negative, digits_, bits_);
  n.thresholds = xnor::threshold_masks(threshold, n.channels, bits_);
  nodes_.push_back(std::move(n));
  return size() - 1;
}

int Network::add_pool(int input, bool interleave) {
  Node n;
  n.op = Op::pool;
  n.input = input;
  n.interleave = interleave;
  n.channels = 2 * node(input).channels;
  n.scale = 2 * node(input).scale;
  scale_ = std::max(scale_, n.scale);
  nodes_.push_back(std::move(n));
  return size() - 1;
}

int Network::add_up(int input, bool interleave) {
  Node n;
  n.op = Op::up;
  n.input = input;
  n.interleave = interleave;
  n.channels = node(input).channels / 2;
  n.scale = node(input).scale / 2;
  nodes_.push_back(std::move(n));
  return size() - 1;
}

int Network::add_add(int input, int other) {
  Node n;
  n.op = Op::add;
  n.input = input;
  n.other = other;
  n.channels = node(input).channels;
  n.scale = node(input).scale;
  nodes_.push_back(std::move(n));
  return size() - 1;
}

void area_view(const Page& page, int size, std::uint8_t* view) {
  const long h = page.height, w = page.width, c = page.channels;
  std::vector<std::uint32_t> columns(static_cast<std::size_t>(w * c));  // <= 255 h
  for (long i = 0; i < size; ++i) {
    std::fill(columns.begin(), columns.end(), 0u);
    // Cell i covers [i h, (i + 1) h) in units of 1 / size row; row r covers [r size, (r+1) size).
    for (long r = i * h / size; r * size < (i + 1) * h; ++r) {
      const auto weight = static_cast<std::uint32_t>(std::min((i + 1) * h, (r + 1) * size) - std::max(i * h, r * size));
      const std::uint8_t* row = page.pixels + r * w * c;
      for (long x = 0; x < w * c; ++x) columns[static_cast<std::size_t>(x)] += weight * row[x];
    }
    for (long k = 0; k < c; ++k)
      for (long j = 0; j < size; ++j) {
        std::uint64_t total = 0;
        for (long x = j * w / size; x * size < (j + 1) * w; ++x) {
          const auto weight = static_cast<std::uint64_t>(std::min((j + 1) * w, (x + 1) * size) - std::max(j * w, x * size));
          total += weight * columns[static_cast<std::size_t>(x * c + k)];
        }
        const auto area = static_cast<std::uint64_t>(h * w);
        view[(k * size + i) * size + j] = static_cast<std::uint8_t>((total + area / 2) / area);
      }
  }
}

}  // namespace docbin::network
