// The search trees of grid_cut.hpp: how they grow, meet, and take their orphans in.
#include <algorithm>
#include <limits>

#include "grid_cut.hpp"

namespace docbin {
namespace {

constexpr std::uint16_t kFar = std::numeric_limits<std::uint16_t>::max();

}  // namespace

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

}  // namespace docbin
