// The schedule of a region: how far every node may go, and what its readers have yet to read.
#include <algorithm>

#include "region.hpp"

namespace docbin::network {

using xnor::kPositions;

bool Region::by_rows(int node) const {
  const Op op = network_.node(node).op;
  return op != Op::unit && op != Op::add;
}

// Rows of a value that are whole, in published blocks.
long Region::rows_ready(int node) const {
  const State& s = states_[static_cast<std::size_t>(node)];
  const Grid& g = grid(node);
  return s.made >= s.last ? s.need.high : g.low + s.made * kPositions / g.pitch;
}

long Region::back(int node) const { return (grid(node).pitch + 72 + kPositions - 1) / kPositions; }

// The first block of `source` that `reader` has yet to read.
long Region::next_block(int reader, int source) const {
  const State& r = states_[static_cast<std::size_t>(reader)];
  const Node& node = network_.node(reader);
  if (!by_rows(reader)) return r.made >= r.last ? states_[static_cast<std::size_t>(source)].last : r.made;
  if (r.row >= r.need.high) return states_[static_cast<std::size_t>(source)].last;
  const Grid& g = grid(source);
  long row = r.row;
  if (node.op == Op::pool) row = 2 * r.row;
  if (node.op == Op::up) row = r.row / 2;
  if (node.op == Op::head) row = r.row - 1;
  return std::max(0L, (row - g.low) * g.pitch / kPositions);
}

// A node's turn. No turn is longer than what the stem gives in one of its own: at a region's end,
// where everything that waits for rows to come may go at once, memory would grow with what waits.
Region::Step Region::plan(int i) const {
  const Step step = reach(i);
  return {step.from, std::min(step.to, step.from + (by_rows(i) ? turn_rows(i) : turn_blocks(i)))};
}

long Region::turn_rows(int i) const {
  const long pitch = grids_.begin()->second.pitch, finest = grids_.begin()->first;
  const long scale = network_.node(i).scale;
  return std::max(2L, 2 * ((2 * kPositions + pitch - 1) / pitch) * finest / scale);
}

long Region::turn_blocks(int i) const {
  return (turn_rows(i) * grid(i).pitch + kPositions - 1) / kPositions;
}

// As far as a node may go.
Region::Step Region::reach(int i) const {
  const State& me = states_[static_cast<std::size_t>(i)];
  const Node& node = network_.node(i);
  if (node.op == Op::convolution) return {me.row, me.need.high};
  const State& in = states_[static_cast<std::size_t>(node.input)];
  const bool whole = in.made >= in.last;
  long limit = 0;
  switch (node.op) {
    case Op::unit:
      limit = whole || node.plan.kernel == 1
                  ? in.made
                  : (in.made * kPositions - grid(i).pitch - 1) / kPositions;
      return {me.made, std::max(me.made, std::min(limit, me.last))};
    case Op::add:
      limit = std::min(in.made, states_[static_cast<std::size_t>(node.other)].made);
      return {me.made, std::max(me.made, std::min(limit, me.last))};
    case Op::pool: limit = rows_ready(node.input) / 2; break;
    case Op::up: limit = 2 * rows_ready(node.input); break;
    default:  // the head: two rows at a time
      limit = whole ? me.need.high : me.row + (rows_ready(node.input) - 1 - me.row) / 2 * 2;
      break;
  }
  return {me.row, std::max(me.row, std::min(limit, me.need.high))};
}

void Region::commit(int i, Step step) {
  State& me = states_[static_cast<std::size_t>(i)];
  if (!by_rows(i)) {
    me.made = step.to;
    return;
  }
  me.row = step.to;
  if (network_.node(i).op != Op::head) me.made = published(i, step.to);
}

// Blocks that are whole when a node has come to row or block `to`.
long Region::published(int i, long to) const {
  if (!by_rows(i)) return to;
  const State& me = states_[static_cast<std::size_t>(i)];
  const Grid& g = grid(i);
  return to >= me.need.high ? me.last : std::max(me.first, (to - g.low) * g.pitch / kPositions);
}

// Blocks that have been begun by then.
long Region::begun(int i, long to) const {
  if (!by_rows(i)) return to;
  const Grid& g = grid(i);
  return std::max(published(i, to), ((to - g.low) * g.pitch + kPositions - 1) / kPositions);
}

// The oldest block of a storage that anyone has yet to read; `head` where nobody has.
long Region::oldest(int storage, long head) const {
  for (int j = 1; j + 1 < network_.size(); ++j) {
    const State& other = states_[static_cast<std::size_t>(j)];
    if (other.storage != storage) continue;
    for (int reader : other.readers) head = std::min(head, next_block(reader, j));
  }
  return head;
}

void Region::reset() {
  for (State& s : states_) {
    s.made = s.first;
    s.row = s.need.low;
  }
}

}  // namespace docbin::network
