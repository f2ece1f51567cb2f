#include "grid_cut.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace docbin {

// Directions are right 0, below 1, left 2, above 3: d ^ 2 is the way back.

GridCut::GridCut(const std::int32_t* excess, std::int64_t height, std::int64_t width)
    : height_(height), width_(width), stride_(width + 2), step_{1, width + 2, -1, -(width + 2)} {
  if ((height + 2) * stride_ > std::numeric_limits<std::int32_t>::max())
    throw std::invalid_argument("a page of fewer than 2^31 pixels is wanted");
  nodes_.resize(static_cast<std::size_t>((height + 2) * stride_));
  for (Node& node : nodes_) node = {0, {0, 0, 0, 0}, 0, 0, kFree, 0, kNone};
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

void GridCut::ink(std::uint8_t* out) const {
  for (std::int64_t y = 0; y < height_; ++y)
    for (std::int64_t x = 0; x < width_; ++x)
      out[y * width_ + x] = nodes_[static_cast<std::size_t>((y + 1) * stride_ + x + 1)].tree == kSource;
}

}  // namespace docbin
