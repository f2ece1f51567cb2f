// Load-time work of the binary convolution, and its table of cells.
#include "xnor.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "dispatch.hpp"

namespace docbin::xnor {

extern const Cell scalar_cell;
#if defined(__x86_64__)
extern const Cell avx2_cell;
extern const Cell avx512_cell;
extern const Cell vpopcntdq_cell;
extern const Cell amx_cell;
#endif
#if defined(__aarch64__)
extern const Cell neon_cell;
#endif

const Cell& cell() {
#if defined(__x86_64__)
  static constexpr const Cell* cells[] = {&scalar_cell, nullptr,      &avx2_cell,
                                          &avx512_cell, &vpopcntdq_cell, &amx_cell};
#elif defined(__aarch64__)
  static constexpr const Cell* cells[] = {&scalar_cell, &neon_cell};
#else
  static constexpr const Cell* cells[] = {&scalar_cell};
#endif
  return pick(cells);
}

namespace {

// Whether weight `i` of output `o` at a position in the kernel is -1.
struct Weights {
  const std::uint8_t* bits;
  int inputs, kernel;
  bool minus(int o, int position, int i) const {
    const std::size_t bytes = static_cast<std::size_t>(inputs + 7) / 8;
    const std::size_t row = (static_cast<std::size_t>(o) * kernel * kernel + position) * bytes;
    return ((bits[row + i / 8] >> (i % 8)) & 1u) != 0;
  }
};

void add_tiles(Plan& plan, const Weights& weights) {
  const int depth = plan.depth(), steps = plan.steps();
  plan.tiles.resize(static_cast<std::size_t>((plan.outputs + 31) / 32 * 2 * steps), Plan::Tile{});
  for (int o = 0; o < plan.outputs; ++o)
    for (int s = 0; s < steps; ++s)
      for (int i = s % depth * 64; i < std::min(s % depth * 64 + 64, plan.inputs); ++i)
        plan.tiles[static_cast<std::size_t>(o / 16 * steps + s)].weight[o % 16][i % 64] =
            weights.minus(o, s / depth, i) ? -1 : 1;
}

void add_words(Plan& plan, const Weights& weights) {
  const int depth = plan.depth(), steps = plan.steps();
  plan.words.resize(static_cast<std::size_t>((plan.outputs + 3) / 4 * 4 * steps));
  for (int o = 0; o < plan.outputs; ++o)
    for (int s = 0; s < steps; ++s)
      for (int i = s % depth * 64; i < std::min(s % depth * 64 + 64, plan.inputs); ++i)
        if (weights.minus(o, s / depth, i))
          plan.words[static_cast<std::size_t>(o * steps + s)] |= std::uint64_t{1} << (i % 64);
}

}  // namespace

Plan make_plan(const std::uint8_t* weights, int outputs, int inputs, int kernel, int share) {
  Plan plan;
  plan.inputs = inputs;
  plan.outputs = outputs;
  plan.kernel = kernel;
  plan.taps = inputs * kernel * kernel;
  plan.share = share != 0 ? share : plan.taps >= 1500 ? 5 : plan.taps >= 48 ? 4 : 2;
  plan.share = std::min(plan.share, kMaxShare);
  plan.ones.assign(static_cast<std::size_t>(outputs), 0);
  const int patterns = 1 << plan.share;
  const Weights from{weights, inputs, kernel};
  std::vector<std::vector<std::uint16_t>> lists(static_cast<std::size_t>(patterns));
  std::vector<std::uint16_t> order;
  for (int first = 0; first < outputs; first += plan.share) {
    for (auto& list : lists) list.clear();
    for (int position = 0; position < kernel * kernel; ++position)
      for (int i = 0; i < inputs; ++i) {
        unsigned pattern = 0;
        for (int c = 0; c < plan.share && first + c < outputs; ++c) {
          const unsigned bit = from.minus(first + c, position, i) ? 1 : 0;
          pattern |= bit << c;
          plan.ones[static_cast<std::size_t>(first + c)] += static_cast<int>(bit);
        }
        lists[pattern].push_back(static_cast<std::uint16_t>(kListScale * (position * inputs + i)));
      }
    order.clear();
    for (int p = 1; p < patterns; ++p) order.push_back(static_cast<std::uint16_t>(p));
    std::stable_sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
      return (lists[a].size() + 3) / 4 > (lists[b].size() + 3) / 4;
    });
    for (std::uint16_t p : order) {
      const auto count = static_cast<std::uint16_t>(lists[p].size());
      const auto start = static_cast<std::uint32_t>(plan.list.size());
      plan.list.insert(plan.list.end(), lists[p].begin(), lists[p].end());
      while ((plan.list.size() - start) % kListUnit != 0)
        plan.list.push_back(static_cast<std::uint16_t>(kListScale * plan.taps));
      const auto length = static_cast<std::uint16_t>(plan.list.size() - start);
      plan.groups.push_back({start, length, count, p});
    }
  }
  if (active_target() == Target::amx) add_tiles(plan, from);
  if (active_target() == Target::vpopcntdq) add_words(plan, from);
  return plan;
}

Epilogue make_epilogue(const Plan& plan, const std::int32_t* bias) {
  Epilogue e;
  e.bias.assign(bias, bias + plan.outputs);
  long low = -1, high = 0;
  std::vector<long> offset(static_cast<std::size_t>(plan.outputs));
  for (int o = 0; o < plan.outputs; ++o) {
    const long kappa = (static_cast<long>(bias[o]) - plan.taps) >> 1;
    low = std::min(low, kappa);
    high = std::max(high, kappa + plan.taps);
    offset[static_cast<std::size_t>(o)] = plan.taps - plan.ones[static_cast<std::size_t>(o)] + kappa + 1;
  }
  // Two's complement planes: -2^(w-1) <= low, high < 2^(w-1).
  e.width = 1 + static_cast<int>(std::bit_width(static_cast<unsigned long>(std::max(high, -low - 1))));
  e.constant.resize(static_cast<std::size_t>(plan.outputs) * static_cast<std::size_t>(e.width));
  for (int o = 0; o < plan.outputs; ++o)
    for (int j = 0; j < e.width; ++j)
      e.constant[static_cast<std::size_t>(o * e.width + j)] =
          ((offset[static_cast<std::size_t>(o)] >> j) & 1) != 0 ? ~0ull : 0ull;
  return e;
}

void add_gains(Epilogue& e, const Plan& plan, const std::int32_t* positive,
               const std::int32_t* negative, int digits, int bits) {
  e.digits = digits;
  e.bits = bits;
  const std::size_t n = static_cast<std::size_t>(plan.outputs) * 2 * static_cast<std::size_t>(digits);
  e.shift.assign(n, 0);
  e.sign.assign(n, 0);
  for (int o = 0; o < plan.outputs; ++o)
    for (int branch = 0; branch < 2; ++branch) {
      std::int64_t rest = branch == 0 ? positive[o] : negative[o];
      for (int d = 0; d < digits && rest != 0; ++d) {
        const std::int64_t magnitude = rest < 0 ? -rest : rest;
        int power = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(magnitude))) - 1;
        if (2 * magnitude > 3 * (std::int64_t{1} << power)) ++power;
        const std::size_t at = static_cast<std::size_t>((o * 2 + branch) * digits + d);
        e.shift[at] = static_cast<std::int8_t>(power - 12);
        e.sign[at] = rest < 0 ? -1 : 1;
        rest += rest < 0 ? (std::int64_t{1} << power) : -(std::int64_t{1} << power);
      }
    }
}

std::vector<std::uint64_t> threshold_masks(const std::int32_t* threshold, int channels, int bits) {
  // stream < threshold, both moved to unsigned by turning the top bit: no carry out of
  // stream' + ~threshold' + 1. A threshold beyond the stream's range is always or never reached:
  // it is clamped to the range, and "always" (above the top) needs one more bit, so `bits` + 1
  // masks a channel are kept, the last one all ones where the answer is always 1.
  std::vector<std::uint64_t> masks(static_cast<std::size_t>(channels) * static_cast<std::size_t>(bits + 1));
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  for (int c = 0; c < channels; ++c) {
    const std::int64_t t = std::clamp<std::int64_t>(threshold[c], -half, half - 1);
    const std::uint64_t turned = ~static_cast<std::uint64_t>(t + half);
    for (int j = 0; j < bits; ++j)
      masks[static_cast<std::size_t>(c * (bits + 1) + j)] = ((turned >> j) & 1) != 0 ? ~0ull : 0ull;
    masks[static_cast<std::size_t>(c * (bits + 1) + bits)] = threshold[c] >= half ? ~0ull : 0ull;
  }
  return masks;
}

}  // namespace docbin::xnor
