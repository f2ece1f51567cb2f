// What a region is made of: which rows every node owes, and how much must be kept of each.
#include "region.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace docbin::network {

using xnor::kBytes;
using xnor::kPositions;

void Pool::open(std::size_t size) {
  bytes_.resize(size + 64);  // given no value
  const auto at = reinterpret_cast<std::uintptr_t>(bytes_.data());
  next_ = bytes_.data() + (64 - at % 64) % 64;
}

std::uint8_t* Pool::take(std::size_t size) {
  std::uint8_t* const taken = next_;
  next_ += room(size);
  return taken;
}

namespace {

Range wider(Range r, long by, long limit) {
  return {std::max(0L, r.low - by), std::min(limit, r.high + by)};
}

// What a node needs of an input to make `r`, along one side.
Range needed(const Node& node, Range r, long limit) {
  switch (node.op) {
    case Op::unit: return wider(r, node.plan.kernel / 2, limit);
    case Op::head: return wider(r, 1, limit);
    case Op::pool: return {2 * r.low, 2 * r.high};
    case Op::up: return {r.low / 2, (r.high + 1) / 2};
    default: return r;
  }
}

void include(Range& r, Range more) {
  r = r.low == r.high ? more : Range{std::min(r.low, more.low), std::max(r.high, more.high)};
}

}  // namespace

Region::Region(const Network& network, const std::vector<const xnor::Epilogue*>& epilogues,
               const Page& page, Range rows, Range columns, std::int16_t* logits)
    : network_(network),
      epilogues_(epilogues),
      page_(page),
      rows_(rows),
      columns_(columns),
      states_(static_cast<std::size_t>(network.size())),
      kernels_(xnor::cell()),
      ends_(dense::cell()),
      logits_(logits) {
  const int n = network.size();
  const long scale = network.scale();
  const long height = (page.height + scale - 1) / scale * scale;
  const long width = (page.width + scale - 1) / scale * scale;
  std::vector<Range> across(static_cast<std::size_t>(n), {0, 0});
  const auto state = [this](int i) -> State& { return states_[static_cast<std::size_t>(i)]; };
  state(n - 1).need = {rows.low / 4, rows.high / 4};
  across[static_cast<std::size_t>(n - 1)] = {columns.low / 4, columns.high / 4};
  wide_ = columns;
  for (int i = n - 1; i > 0; --i) {
    const Node& node = network.node(i);
    const Range mine = across[static_cast<std::size_t>(i)];
    include(wide_, {mine.low * node.scale / scale * scale,
                    std::min(width, (mine.high * node.scale + scale - 1) / scale * scale)});
    for (int input : {node.input, node.other}) {
      if (input < 0) continue;
      const int s = network.node(input).scale;
      include(state(input).need, needed(node, state(i).need, height / s));
      include(across[static_cast<std::size_t>(input)], needed(node, mine, width / s));
      if (input > 0) state(input).readers.push_back(i);
      if (node.op == Op::unit) state(input).units.push_back(i);
    }
  }
  for (int i = 1; i + 1 < n; ++i) {
    const int s = network.node(i).scale;
    const Range need = state(i).need;
    const long w = (wide_.high - wide_.low) / s;
    auto [at, fresh] = grids_.try_emplace(s, Grid{need.low, need.high, height / s, w, 0});
    at->second.low = std::min(at->second.low, need.low);
    at->second.high = std::max(at->second.high, need.high);
    at->second.pitch = (w + 1 + 7) / 8 * 8;
  }
  for (int i = 1; i < n; ++i) {
    State& me = state(i);
    const Node& node = network.node(i);
    if (i + 1 == n) break;
    const Grid& g = grid(i);
    me.first = (me.need.low - g.low) * g.pitch / kPositions;
    me.last = ((me.need.high - g.low) * g.pitch + kPositions - 1) / kPositions;
    const auto alone = [&](int input) { return state(input).readers.size() == 1; };
    if ((node.op == Op::unit || node.op == Op::add) && alone(node.input))
      me.storage = state(node.input).storage;
    me.in_place = me.storage >= 0;
    if (!me.in_place) {
      me.storage = static_cast<int>(storages_.size());
      storages_.emplace_back();
      storages_.back().block =
          static_cast<std::size_t>(node.channels) * static_cast<std::size_t>(network.bits()) * kBytes;
    }
  }
  simulate();
  take_memory();
}

// Runs the schedule without the work, to see how many blocks of everything are alive at once.
void Region::simulate() {
  const int n = network_.size();
  reset();
  std::vector<long> most(storages_.size(), 1), signs(static_cast<std::size_t>(n), 1);
  State& end = states_[static_cast<std::size_t>(n - 1)];
  while (end.row < end.need.high) {
    bool moved = false;
    for (int i = 1; i < n; ++i) {
      const Step step = plan(i);
      moved = moved || step.to > step.from;
      commit(i, step);
      if (i + 1 == n) continue;
      const State& me = states_[static_cast<std::size_t>(i)];
      const auto s = static_cast<std::size_t>(me.storage);
      const long head = begun(i, by_rows(i) ? me.row : me.made);
      most[s] = std::max(most[s], head - oldest(me.storage, head));
      for (int unit : me.units) {
        const auto u = static_cast<std::size_t>(unit);
        signs[u] = std::max(signs[u], me.made - (states_[u].made - back(unit)));
      }
    }
    if (!moved) throw std::logic_error("packed network: the schedule stands still");
  }
  // Some turns more of each, for the waves of other threads behind the first and what holds one up:
  // by the schedule alone two threads are at work 97 % of the time with one, 99.5 % with three.
  constexpr long kTurns = 3;
  for (int i = 1; i + 1 < n; ++i) {
    const State& me = states_[static_cast<std::size_t>(i)];
    if (!me.in_place)
      storages_[static_cast<std::size_t>(me.storage)].slots =
          most[static_cast<std::size_t>(me.storage)] + kTurns * turn_blocks(i) + 1;
  }
  for (int i = 1; i < n; ++i) {
    if (network_.node(i).op != Op::unit) continue;
    Planes& planes = states_[static_cast<std::size_t>(i)].signs;
    planes.blocks = 2 * signs[static_cast<std::size_t>(i)] + 4;
    planes.margin = static_cast<std::size_t>(back(i)) * kBytes;
    // An odd number of lines from plane to plane, so that they spread over the cache's sets.
    const std::size_t lines = static_cast<std::size_t>(planes.blocks + 2 * back(i) + 1);
    planes.stride = (lines | 1) * kBytes;
  }
  reset();
}

// All memory of the region, and planes that hold nothing yet.
void Region::take_memory() {
  const auto stream_bytes = [](const Storage& s) {
    return static_cast<std::size_t>(s.slots) * s.block + 64;  // a row's end may be read past
  };
  const auto sign_bytes = [&](int i) {
    return states_[static_cast<std::size_t>(i)].signs.stride *
           static_cast<std::size_t>(network_.node(i).channels);
  };
  std::size_t size = 0;
  for (const Storage& s : storages_) size += Pool::room(stream_bytes(s));
  for (int i = 1; i < network_.size(); ++i) {
    const Node& node = network_.node(i);
    scratch_ = std::max({scratch_, node.winograd.scratch(), node.gray_winograd.scratch()});
    if (node.op != Op::unit) continue;
    size += Pool::room(sign_bytes(i));
    scratch_ = std::max(scratch_, kernels_.scratch(node.plan));
  }
  pool_.open(size);
  for (Storage& s : storages_) s.memory = pool_.take(stream_bytes(s));
  for (int i = 1; i < network_.size(); ++i) {
    if (network_.node(i).op != Op::unit) continue;
    Planes& signs = states_[static_cast<std::size_t>(i)].signs;
    signs.memory = pool_.take(sign_bytes(i));
    std::memset(signs.memory, 0, sign_bytes(i));  // outside the page every sign is +1
    signs.first = states_[static_cast<std::size_t>(network_.node(i).input)].first;
  }
}

}  // namespace docbin::network
