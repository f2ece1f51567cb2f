#include "grid_cut.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace docbin {
namespace {

constexpr std::uint16_t kFar = std::numeric_limits<std::uint16_t>::max();

}  // namespace

// Directions are right 0, below 1, left 2, above 3: d ^ 2 is the way back.

GridCut::GridCut(const std::int32_t* excess, std::int64_t height, std::int64_t width)
    : height_(height), width_(width), stride_(width + 2), step_{1, width + 2, -1, -(width + 2)} {
  if ((height + 2) * stride_ > std::numeric_limits<std::int32_t>::max())
    throw std::invalid_argument("a page of fewer than 2^31 pixels is wanted");
  nodes_.resize(static_cast<std::size_t>((height + 2) * stride_));
  for (Node& node : nodes_) node = {0, {0, 0, 0, 0}, 0, kFar, kFree, 0, kNone};
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      nodes_[static_cast<std::size_t>((y + 1) * stride_ + x + 1)].excess = excess[y * width + x];
}

// Send what can go from a pixel to its neighbour at once, which needs no trees; plant these after.
void GridCut::begin() {
  const Place end = static_cast<Place>((height_ + 1) * stride_);
  for (Place at = static_cast<Place>(stride_); at < end; ++at) {
    Node& node = nodes_[at];
    if (node.excess <= 0) continue;
    for (int d = 0; d < 4; ++d) {
      Node& other = nodes_[beside(at, d)];
      const std::int32_t most =
          std::min({node.excess, -other.excess, static_cast<std::int32_t>(node.capacity[d])});
      if (most <= 0) continue;
      node.excess -= most;
      other.excess += most;
      node.capacity[d] = static_cast<std::int16_t>(node.capacity[d] - most);
      other.capacity[d ^ 2] = static_cast<std::int16_t>(other.capacity[d ^ 2] + most);
    }
  }
  for (Place at = static_cast<Place>(stride_); at < end; ++at) {
    Node& node = nodes_[at];
    if (node.excess == 0) continue;
    node.tree = node.excess > 0 ? kSource : kSink;
    node.parent = kTerminal;
    node.distance = 1;
  }
  begun_ = true;
}

bool GridCut::raise(const std::uint16_t* right, const std::uint16_t* down) {
  // The capacities of both ways add up to twice the cost, whatever flows.
  const auto fits = [&](const Node& one, const Node& other, int way, std::int32_t more) {
    return (one.capacity[way] + other.capacity[way + 2]) / 2 + more <= kMostCost;
  };
  for (int turn = 0; turn < 2; ++turn)
    for (std::int64_t y = 0; y < height_; ++y)
      for (std::int64_t x = 0; x < width_; ++x) {
        Node* const node = &nodes_[static_cast<std::size_t>((y + 1) * stride_ + x + 1)];
        for (int way = 0; way < 2; ++way) {
          if (way == 0 ? x + 1 == width_ : y + 1 == height_) continue;
          const std::uint16_t more = (way == 0 ? right : down)[y * width_ + x];
          Node* const other = node + step_[way];
          if (turn == 0) {
            if (!fits(*node, *other, way, more)) return false;
          } else {
            node->capacity[way] = static_cast<std::int16_t>(node->capacity[way] + more);
            other->capacity[way + 2] = static_cast<std::int16_t>(other->capacity[way + 2] + more);
          }
        }
      }
  return true;
}

void GridCut::wait(Place at) {
  if (nodes_[at].waits) return;
  nodes_[at].waits = 1;
  next_.push_back(at);
}

// A node of the source's tree and a direction to one of the sink's, where the trees meet.
bool GridCut::grow(Place at, Place* from, int* direction) {
  Node& node = nodes_[at];
  for (int d = 0; d < 4; ++d) {
    const Place beside_it = beside(at, d);
    Node& other = nodes_[beside_it];
    if (other.tree == node.tree || !leads(node, beside_it, d)) continue;
    if (other.tree == kFree) {
      other.tree = node.tree;
      other.parent = static_cast<std::uint8_t>(d ^ 2);
      other.time = node.time;
      other.distance = static_cast<std::uint16_t>(std::min<int>(node.distance + 1, kFar));
      wait(beside_it);
    } else {
      *from = node.tree == kSource ? at : beside_it;
      *direction = node.tree == kSource ? d : d ^ 2;
      return true;
    }
  }
  return false;
}

void GridCut::orphan(Place at) {
  nodes_[at].parent = kNone;
  orphans_.push_back(at);
}

// Send what the path over this arc can take.
void GridCut::augment(Place source_end, int direction) {
  const Place sink_end = beside(source_end, direction);
  std::int32_t most = nodes_[source_end].capacity[direction];
  for (Place at = source_end;;) {
    const Node& node = nodes_[at];
    if (node.parent == kTerminal) {
      most = std::min(most, node.excess);
      break;
    }
    at = beside(at, node.parent);
    most = std::min<std::int32_t>(most, nodes_[at].capacity[node.parent ^ 2]);
  }
  for (Place at = sink_end;;) {
    const Node& node = nodes_[at];
    if (node.parent == kTerminal) {
      most = std::min(most, -node.excess);
      break;
    }
    most = std::min<std::int32_t>(most, node.capacity[node.parent]);
    at = beside(at, node.parent);
  }
  const auto send = [&](Place at, int way) {
    Node &node = nodes_[at], &other = nodes_[beside(at, way)];
    node.capacity[way] = static_cast<std::int16_t>(node.capacity[way] - most);
    other.capacity[way ^ 2] = static_cast<std::int16_t>(other.capacity[way ^ 2] + most);
    return node.capacity[way] == 0;
  };
  send(source_end, direction);
  for (Place at = source_end;;) {
    Node& node = nodes_[at];
    if (node.parent == kTerminal) {
      node.excess -= most;
      if (node.excess == 0) orphan(at);
      break;
    }
    const Place before = beside(at, node.parent);
    if (send(before, node.parent ^ 2)) orphan(at);
    at = before;
  }
  for (Place at = sink_end;;) {
    Node& node = nodes_[at];
    if (node.parent == kTerminal) {
      node.excess += most;
      if (node.excess == 0) orphan(at);
      break;
    }
    const int way = node.parent;
    if (send(at, way)) orphan(at);
    at = beside(at, way);
  }
}

// Whether the parents of a node lead to its terminal, and how far that is; marks the way as known.
bool GridCut::rooted(Place at, std::uint32_t* distance) {
  std::uint32_t steps = 0;
  for (Place up = at;;) {
    Node& node = nodes_[up];
    if (node.time == time_) {
      steps += node.distance;
      break;
    }
    if (node.parent == kNone) return false;
    ++steps;
    if (node.parent == kTerminal) {
      node.time = time_;
      node.distance = 1;
      break;
    }
    up = beside(up, node.parent);
  }
  *distance = steps;
  for (Place up = at; nodes_[up].time != time_; up = beside(up, nodes_[up].parent)) {
    nodes_[up].time = time_;
    nodes_[up].distance = static_cast<std::uint16_t>(std::min<std::uint32_t>(steps--, kFar));
  }
  return true;
}

// Give every orphan a parent in its tree, or set it free.
void GridCut::adopt() {
  while (!orphans_.empty()) {
    const Place at = orphans_.back();
    orphans_.pop_back();
    Node& node = nodes_[at];
    int best = kNone;
    std::uint32_t shortest = std::numeric_limits<std::uint32_t>::max();
    for (int d = 0; d < 4; ++d) {
      const Place beside_it = beside(at, d);
      const Node& other = nodes_[beside_it];
      if (other.tree != node.tree) continue;
      const bool gives = node.tree == kSource ? other.capacity[d ^ 2] > 0 : node.capacity[d] > 0;
      std::uint32_t distance;
      if (!gives || other.parent == (d ^ 2) || !rooted(beside_it, &distance)) continue;
      if (distance < shortest) {
        shortest = distance;
        best = d;
      }
    }
    if (best != kNone) {
      node.parent = static_cast<std::uint8_t>(best);
      node.time = time_;
      node.distance = static_cast<std::uint16_t>(std::min<std::uint32_t>(shortest + 1, kFar));
      continue;
    }
    for (int d = 0; d < 4; ++d) {
      const Place beside_it = beside(at, d);
      Node& other = nodes_[beside_it];
      if (other.tree != node.tree) continue;
      if (node.tree == kSource ? other.capacity[d ^ 2] > 0 : node.capacity[d] > 0) wait(beside_it);
      if (other.parent == (d ^ 2)) orphan(beside_it);
    }
    node.tree = kFree;
  }
}

void GridCut::solve() {
  if (!begun_) begin();
  // Where costs have grown a tree may now lead on.
  for (std::int64_t y = 0; y < height_; ++y)
    for (std::int64_t x = 0; x < width_; ++x) {
      const Place at = static_cast<Place>((y + 1) * stride_ + x + 1);
      const Node& node = nodes_[at];
      if (node.tree == kFree) continue;
      for (int d = 0; d < 4; ++d) {
        const Place other = beside(at, d);
        if (nodes_[other].tree != node.tree && leads(node, other, d)) {
          wait(at);
          break;
        }
      }
    }
  while (!next_.empty()) {
    waiting_.swap(next_);
    for (const Place at : waiting_) {
      nodes_[at].waits = 0;
      Place from;
      int direction;
      while (nodes_[at].tree != kFree && grow(at, &from, &direction)) {
        if (++time_ == 0) {  // after 2^32 paths: forget all distances
          for (Node& node : nodes_) node.time = 0;
          time_ = 1;
        }
        augment(from, direction);
        adopt();
      }
    }
    waiting_.clear();
  }
}

void GridCut::ink(std::uint8_t* out) const {
  for (std::int64_t y = 0; y < height_; ++y)
    for (std::int64_t x = 0; x < width_; ++x)
      out[y * width_ + x] = nodes_[static_cast<std::size_t>((y + 1) * stride_ + x + 1)].tree == kSource;
}

}  // namespace docbin
