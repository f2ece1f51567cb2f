// The real-valued ends of a network in a region: from the page to the first stream, from the last
// stream to logits.
#include <algorithm>
#include <cstring>

#include "bands.hpp"
#include "region.hpp"

namespace docbin::network {
namespace {

constexpr std::size_t kPast = 80;  // pixels a dense row may be read or written past its width

}  // namespace

void Region::run_stem(int i, Step step) {
  const Node& node = network_.node(i);
  const Grid& g = grid(i);
  const int width = static_cast<int>(g.width), bits = network_.bits();
  const bool gray = page_.channels == 1 && !node.gray_weight.empty();
  const int inputs = gray ? 16 : node.inputs;
  if (bands_.memory.empty()) {
    bands_.stride = 2 * (static_cast<std::size_t>(width) + kPast);
    bands_.size = static_cast<std::size_t>(inputs / 2) * bands_.stride;
    bands_.memory.assign(3 * bands_.size, 0);
    bands_.ready = std::max(0L, step.from - 1);
  }
  const std::size_t out_stride = static_cast<std::size_t>(g.pitch) + kPast + 64;
  wide_row_.assign(static_cast<std::size_t>(node.channels) * out_stride, 0);
  const std::size_t words = static_cast<std::size_t>(g.pitch + 63) / 64;
  words_.assign(static_cast<std::size_t>(bits) * words, 0);
  const auto& weight = gray ? node.gray_weight : node.weight;
  const dense::Convolution convolution{inputs,           node.channels,     weight.data(),
                                       node.bias.data(), node.shift.data(), node.limit};
  const auto line = [this](long r) {
    return bands_.memory.data() + static_cast<std::size_t>(r % 3) * bands_.size;
  };
  for (long r = step.from; r < step.to; ++r) {
    for (; bands_.ready <= r + 1 && bands_.ready < g.height; ++bands_.ready) {
      std::int16_t* const to = line(bands_.ready);
      haar_row(page_, bands_.ready, wide_.low, width, to, bands_.stride, work_);
      for (int copy = page_.channels; copy < inputs / 16; ++copy)  // channels that are equal
        std::memcpy(to + static_cast<std::size_t>(8 * copy) * bands_.stride, to,
                    8 * bands_.stride * sizeof *to);
    }
    const std::int16_t* const rows[3] = {r > 0 ? line(r - 1) : nullptr, line(r),
                                         r + 1 < g.height ? line(r + 1) : nullptr};
    ends_.convolve(convolution, rows, bands_.stride, width, wide_row_.data(), out_stride);
    for (int c = 0; c < node.channels; ++c) {
      ends_.slice(wide_row_.data() + static_cast<std::size_t>(c) * out_stride,
                  static_cast<int>(words * 8), bits, bytes_of(words_.data()), words * 8);
      store_row(i, c, r, words_.data(), words);
    }
  }
}

void Region::run_head(int i, Step step) {
  const Node& node = network_.node(i);
  const Grid& g = grid(node.input);
  const int width = static_cast<int>(g.width), bits = network_.bits();
  const auto pairs = static_cast<std::size_t>((node.inputs + 1) / 2);
  if (last_.memory.empty()) {
    last_.stride = 2 * (static_cast<std::size_t>(g.pitch) + kPast);
    last_.size = pairs * last_.stride;
    last_.memory.assign(3 * last_.size, 0);
    last_.ready = std::max(0L, step.from - 1);
  }
  const std::size_t out_stride = static_cast<std::size_t>(width) + kPast;
  wide_row_.assign(16 * out_stride, 0);
  const std::size_t words = static_cast<std::size_t>(g.pitch + 63) / 64;
  const std::size_t channel_words = static_cast<std::size_t>(bits) * words;
  words_.assign(2 * channel_words, 0);  // the second stays 0 where the channels are odd
  const dense::Convolution convolution{node.inputs,      node.channels,     node.weight.data(),
                                       node.bias.data(), node.shift.data(), node.limit};
  const auto line = [this](long r) {
    return last_.memory.data() + static_cast<std::size_t>(r % 3) * last_.size;
  };
  for (long r = step.from; r < step.to; ++r) {
    for (; last_.ready <= r + 1 && last_.ready < g.height; ++last_.ready)
      for (int c = 0; c < node.inputs; c += 2) {
        std::uint64_t* second = words_.data() + channel_words;
        load_row(node.input, c, last_.ready, words_.data(), words);
        if (c + 1 < node.inputs)
          load_row(node.input, c + 1, last_.ready, second, words);
        else
          std::memset(second, 0, channel_words * 8);
        std::int16_t* to = line(last_.ready) + static_cast<std::size_t>(c / 2) * last_.stride + 2;
        ends_.unslice(bytes_of(words_.data()), bytes_of(second), words * 8,
                      static_cast<int>(words * 8), bits, to);
        to[2 * width] = to[2 * width + 1] = 0;  // the column beyond
      }
    const std::int16_t* const rows[3] = {r > 0 ? line(r - 1) : nullptr, line(r),
                                         r + 1 < g.height ? line(r + 1) : nullptr};
    ends_.convolve(convolution, rows, last_.stride, width, wide_row_.data(), out_stride);
    for (long dy = 0; dy < 4; ++dy) {
      const long y = 4 * r + dy;
      if (y < rows_.low || y >= std::min<long>(rows_.high, page_.height)) continue;
      std::int16_t* out = logits_ + y * page_.width;
      const std::int16_t* values = wide_row_.data() + static_cast<std::size_t>(4 * dy) * out_stride;
      const long end = std::min<long>(columns_.high, page_.width);
      for (long x = columns_.low; x < end; ++x) {
        const long at = x - wide_.low;
        out[x] = std::min<std::int16_t>(
            values[static_cast<std::size_t>(at % 4) * out_stride + static_cast<std::size_t>(at / 4)],
            2047);
      }
    }
  }
}

}  // namespace docbin::network
