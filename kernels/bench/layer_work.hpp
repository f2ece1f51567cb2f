// The layer that the benches time: random weights and signs, square, all its memory its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "xnor.hpp"

namespace docbin {

struct Free {
  void operator()(std::uint8_t* p) const { std::free(p); }
};
using Buffer = std::unique_ptr<std::uint8_t, Free>;

inline Buffer noise(std::size_t size, std::mt19937& random) {
  size = (size + 63) / 64 * 64;
  Buffer b(static_cast<std::uint8_t*>(std::aligned_alloc(64, size)));
  for (std::size_t i = 0; i < size; ++i) b.get()[i] = static_cast<std::uint8_t>(random());
  return b;
}

inline constexpr int kShapes[][2] = {{64, 256}, {128, 128}, {256, 64}, {256, 128}};  // channels, side

class LayerWork {
 public:
  LayerWork(int channels, int side, int threads) : threads_(static_cast<std::size_t>(threads)) {
    std::mt19937 random(1);
    const auto n = static_cast<std::size_t>(channels);
    std::vector<std::uint8_t> weights(n * 9 * n / 8);
    for (auto& w : weights) w = static_cast<std::uint8_t>(random());
    plan = xnor::make_plan(weights.data(), channels, channels, 3);
    std::vector<std::int32_t> bias(n), gain(n), slope(n), threshold(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      bias[i] = static_cast<int>(random() % 61) - 30;
      gain[i] = 4000 + static_cast<int>(random() % 9000);
      slope[i] = 1000 + static_cast<int>(random() % 3000);
    }
    epilogue = xnor::make_epilogue(plan, bias.data());
    xnor::add_gains(epilogue, plan, gain.data(), slope.data(), 2, 16);
    masks_ = xnor::threshold_masks(threshold.data(), channels, 16);
    pitch_ = static_cast<std::size_t>(side + 1 + 7) / 8;
    blocks = (pitch_ * static_cast<std::size_t>(side) + 63) / 64;
    margin_ = (pitch_ + 8 + 63) / 64 * 64;
    stride_ = (((blocks * 64 + 2 * margin_) / 64) | 1) * 64;
    in_ = noise(stride_ * n, random);
    out_ = noise(stride_ * n, random);
    // The stream of a strip that stays in the second-level cache, as in a rolling network.
    block_ = n * 16 * 64;
    strip_ = std::max<std::size_t>(1, (512u << 10) / block_);
    stream_ = noise(threads_ * strip_ * block_, random);
    for (int t = 0; t < threads; ++t) scratch_.push_back(noise(xnor::cell().scratch(plan), random));
    flip_.assign(n, 0);
  }

  xnor::Plan plan;
  xnor::Epilogue epilogue;
  std::size_t blocks;  // of 512 positions

  // A thread's part of the bare layer.
  void bare(int thread) {
    each(thread, [&](std::size_t, const xnor::Signs& s, std::uint8_t* to, void* memory) {
      xnor::cell().signs(plan, epilogue, s, flip_.data(), valid_.data(), to, stride_, memory);
    });
  }
  // The same with the whole residual unit.
  void unit(int thread) {
    each(thread, [&](std::size_t b, const xnor::Signs& s, std::uint8_t* to, void* memory) {
      const std::size_t slot = static_cast<std::size_t>(thread) * strip_ + b % strip_;
      std::uint8_t* at = stream_.get() + slot * block_;
      xnor::cell().unit(plan, epilogue, s, at, at, masks_.data(), valid_.data(), to, stride_, memory);
    });
  }

 private:
  template <typename Run>
  void each(int thread, Run run) {
    const auto t = static_cast<std::size_t>(thread);
    for (std::size_t b = blocks * t / threads_; b < blocks * (t + 1) / threads_; ++b)
      run(b, xnor::Signs{in_.get() + margin_ + b * 64, stride_, static_cast<std::ptrdiff_t>(pitch_)},
          out_.get() + margin_ + b * 64, scratch_[t].get());
  }

  std::size_t threads_, pitch_, margin_, stride_, block_, strip_;
  std::vector<std::uint64_t> masks_, flip_;
  std::vector<std::uint8_t> valid_ = std::vector<std::uint8_t>(64, 255);
  Buffer in_, out_, stream_;
  std::vector<Buffer> scratch_;
};

}  // namespace docbin
