// The work of each node on the blocks or rows the schedule gives it.
#include <algorithm>
#include <cstring>

#include "region.hpp"

namespace docbin::network {

using xnor::kBytes;
using xnor::kPositions;

namespace {

// memcpy of a piece of a row, most often 8 to 64 bytes: without a call.
inline void copy(std::uint8_t* to, const std::uint8_t* from, long size) {
  if (size < 16) {
    for (long i = 0; i < size; ++i) to[i] = from[i];
    return;
  }
  for (long i = 0; i + 16 < size; i += 16) std::memcpy(to + i, from + i, 16);
  std::memcpy(to + size - 16, from + size - 16, 16);
}

// The same where both sides have room for up to 15 bytes more.
inline void copy_past(std::uint8_t* to, const std::uint8_t* from, long size) {
  for (long i = 0; i < size; i += 16) std::memcpy(to + i, from + i, 16);
}

// 64-bit words of a row of `bytes`, with room for copy_past, a multiple of `step`.
inline std::size_t words_for(long bytes, long step) {
  return static_cast<std::size_t>((bytes + 15 + 8 * step - 1) / (8 * step) * step);
}

}  // namespace

void Region::execute(int i, Step step, Desk& desk) {
  switch (network_.node(i).op) {
    case Op::unit: return run_unit(i, step, desk);
    case Op::add: run_add(i, step); break;
    case Op::pool: run_pool(i, step, desk); break;
    case Op::up: run_up(i, step, desk); break;
    case Op::convolution: run_stem(i, step, desk); break;
    default: return run_head(i, step, desk);
  }
  publish(i, states_[static_cast<std::size_t>(i)].made, published(i, step.to), false);
}

// Bit p: position p of the block is a pixel of the page.
void Region::valid_mask(const Grid& g, long block, std::uint8_t* mask) const {
  std::memset(mask, 0, kBytes);
  const long start = block * kPositions, end = start + kPositions;
  for (long row = start / g.pitch; row * g.pitch < end; ++row) {
    if (g.low + row >= g.high) break;
    const long from = std::max(row * g.pitch, start) - start;
    const long to = std::min(row * g.pitch + g.width, end) - start;
    for (long p = from; p < to;) {
      if (p % 8 == 0 && p + 8 <= to) {
        mask[p / 8] = 255;
        p += 8;
      } else {
        mask[p / 8] = static_cast<std::uint8_t>(mask[p / 8] | (1u << (p % 8)));
        ++p;
      }
    }
  }
}

// Where a unit's input signs of a block are to be written; slides the planes when they are full.
std::uint8_t* Region::sign_slot(int unit, long block) {
  State& me = states_[static_cast<std::size_t>(unit)];
  Planes& planes = me.signs;
  if (block - planes.first >= planes.blocks) {
    const long keep = std::max(planes.first, me.made - back(unit));
    const auto drop = static_cast<std::size_t>(keep - planes.first) * kBytes;
    const int channels = network_.node(unit).channels;
    for (int c = 0; c < channels; ++c) {
      std::uint8_t* plane = planes.memory + static_cast<std::size_t>(c) * planes.stride;
      std::memmove(plane, plane + drop, planes.stride - drop);
      std::memset(plane + planes.stride - drop, 0, drop);
    }
    planes.first = keep;
  }
  return planes.memory + planes.margin +
         static_cast<std::size_t>(block - planes.first) * kBytes;
}

// Makes the signs that units will read of blocks just made.
void Region::publish(int i, long from, long to, bool fused) {
  const State& me = states_[static_cast<std::size_t>(i)];
  const Node& node = network_.node(i);
  const Storage& storage = storages_[static_cast<std::size_t>(me.storage)];
  alignas(64) std::uint8_t mask[kBytes];
  for (std::size_t u = fused ? 1 : 0; u < me.units.size(); ++u)
    for (long b = from; b < to; ++b) {
      valid_mask(grid(i), b, mask);
      const int unit = me.units[u];
      std::uint8_t* out = sign_slot(unit, b);
      kernels_.below(storage.at(b), node.channels, network_.bits(),
                     network_.node(unit).thresholds.data(), mask, out,
                     states_[static_cast<std::size_t>(unit)].signs.stride);
    }
}

void Region::run_unit(int i, Step step, Desk& desk) {
  const State& me = states_[static_cast<std::size_t>(i)];
  const Node& node = network_.node(i);
  const State& in = states_[static_cast<std::size_t>(node.input)];
  const Storage& from = storages_[static_cast<std::size_t>(in.storage)];
  const Storage& to = storages_[static_cast<std::size_t>(me.storage)];
  const bool fused = !me.units.empty();
  const int next = fused ? me.units.front() : -1;
  alignas(64) std::uint8_t mask[kBytes];
  for (long b = step.from; b < step.to; ++b) {
    valid_mask(grid(i), b, mask);
    const xnor::Signs signs{me.signs.memory + me.signs.margin +
                                static_cast<std::ptrdiff_t>(b - me.signs.first) * kBytes,
                            me.signs.stride, grid(i).pitch / 8};
    std::uint8_t* out = fused ? sign_slot(next, b) : nullptr;
    kernels_.unit(node.plan, *epilogues_[static_cast<std::size_t>(i)], signs, from.at(b), to.at(b),
                  fused ? network_.node(next).thresholds.data() : nullptr, mask, out,
                  fused ? states_[static_cast<std::size_t>(next)].signs.stride : 0,
                  desk.scratch);
  }
  publish(i, step.from, step.to, fused);
}

void Region::run_add(int i, Step step) {
  const State& me = states_[static_cast<std::size_t>(i)];
  const Node& node = network_.node(i);
  const Storage& to = storages_[static_cast<std::size_t>(me.storage)];
  const auto source = [&](int input) -> const Storage& {
    return storages_[static_cast<std::size_t>(states_[static_cast<std::size_t>(input)].storage)];
  };
  for (long b = step.from; b < step.to; ++b) {
    if (!me.in_place) std::memcpy(to.at(b), source(node.input).at(b), to.block);
    kernels_.add(to.at(b), source(node.other).at(b), node.channels, network_.bits());
  }
}

void Region::load_row(int i, int channel, long row, std::uint64_t* words, std::size_t count) const {
  const int bits = network_.bits();
  each_piece(i, row, [&](std::uint8_t* block, long in, long done, long piece) {
    const std::uint8_t* from = block + static_cast<std::ptrdiff_t>(channel) * bits * kBytes + in;
    for (int j = 0; j < bits; ++j)
      copy_past(bytes_of(words + static_cast<std::size_t>(j) * count) + done, from + j * kBytes, piece);
  });
}

void Region::store_row(int i, int channel, long row, const std::uint64_t* words, std::size_t count) {
  const int bits = network_.bits();
  each_piece(i, row, [&](std::uint8_t* block, long in, long done, long piece) {
    std::uint8_t* to = block + static_cast<std::ptrdiff_t>(channel) * bits * kBytes + in;
    for (int j = 0; j < bits; ++j)
      copy(to + j * kBytes, bytes_of(words + static_cast<std::size_t>(j) * count) + done, piece);
  });
}

void Region::run_pool(int i, Step step, Desk& desk) {
  const Node& node = network_.node(i);
  const Node& source = network_.node(node.input);
  const auto bits = static_cast<std::size_t>(network_.bits());
  const std::size_t words = words_for(std::max(2 * grid(i).pitch, grid(node.input).pitch) / 8, 4);
  desk.words.resize(3 * bits * words);
  std::uint64_t *upper = desk.words.data(), *lower = upper + bits * words, *out = lower + bits * words;
  for (long r = step.from; r < step.to; ++r)
    for (int c = 0; c < source.channels; ++c) {
      load_row(node.input, c, 2 * r, upper, words);
      load_row(node.input, c, 2 * r + 1, lower, words);
      ends_.pool_row(upper, lower, network_.bits(), words, out);
      store_row(i, node.interleave ? 2 * c : c, r, out, words / 2);
      store_row(i, node.interleave ? 2 * c + 1 : c + source.channels, r, out, words / 2);
    }
}

void Region::run_up(int i, Step step, Desk& desk) {
  const Node& node = network_.node(i);
  const auto bits = static_cast<std::size_t>(network_.bits());
  const std::size_t words = 2 * words_for(std::max(grid(node.input).pitch, grid(i).pitch / 2 + 1) / 8, 2);
  desk.words.resize(2 * bits * words);
  std::uint64_t *first = desk.words.data(), *second = first + bits * words / 2, *out = first + bits * words;
  for (long r = step.from; r < step.to;) {
    const long both = std::min(step.to, r / 2 * 2 + 2);
    for (int c = 0; c < node.channels; ++c) {
      load_row(node.input, node.interleave ? 2 * c : c, r / 2, first, words / 2);
      load_row(node.input, node.interleave ? 2 * c + 1 : c + node.channels, r / 2, second, words / 2);
      ends_.up_row(first, second, network_.bits(), words, out);
      for (long y = r; y < both; ++y) store_row(i, c, y, out, words);
    }
    r = both;
  }
}

}  // namespace docbin::network
