// Exact minimum cuts of 4-connected grids, with capacities that may grow between cuts.
//
//     E(ink) = sum over pixels of -excess ink  +  sum over neighbours p, q that differ of cost(p, q)
//
// ink is 0 or 1. A positive excess is what the source sends a pixel, a negative one what the pixel
// sends to the sink, and a cost the capacity of the two arcs between neighbours. Of all ink of least
// energy, `ink` is the smallest: what the source still reaches after a maximum flow. It is unique,
// so it depends on no order of work.
//
// Method: search trees from both terminals that are kept between augmentations (Y. Boykov,
// V. Kolmogorov, An experimental comparison of min-cut/max-flow algorithms for energy minimization
// in vision, PAMI 26, 2004). A flow stays possible when costs grow, and so do the trees: raising the
// costs and solving again goes on from there.
//
// Bounds. 20 bytes a pixel, and 4 for each that waits. |excess| < 2^30; a cost is at most kMostCost,
// so that the residual capacity of an arc, at most twice that, fits 16 bits. Pages of fewer than
// 2^31 pixels with their frame of one.
#pragma once

#include <cstdint>
#include <vector>

namespace docbin {

class GridCut {
 public:
  static constexpr std::int32_t kMostCost = 16383;

  // excess: (height, width).
  GridCut(const std::int32_t* excess, std::int64_t height, std::int64_t width);

  // Add to the cost between each pixel and its neighbour on the right, and below: not negative,
  // (height, width), what would lead off the page ignored. False, and nothing is added, if a cost
  // were to exceed kMostCost.
  bool raise(const std::uint16_t* right, const std::uint16_t* down);

  // Find the maximum flow.
  void solve();

  // out = 1 where there is ink, else 0; after solve().
  void ink(std::uint8_t* out) const;

  std::int64_t height() const { return height_; }
  std::int64_t width() const { return width_; }

 private:
  using Place = std::uint32_t;
  enum Tree : std::uint8_t { kFree, kSource, kSink };
  enum Parent : std::uint8_t { kTerminal = 4, kNone = 5 };
  struct Node {
    std::int32_t excess;
    std::int16_t capacity[4];  // what is left towards the right, below, the left, above
    std::uint32_t time;        // when distance was last known to be right
    std::uint16_t distance;    // from the terminal, along parents
    std::uint8_t tree : 2, waits : 1;
    std::uint8_t parent;  // a direction, kTerminal or kNone
  };

  Place beside(Place at, int direction) const {
    return static_cast<Place>(static_cast<std::int64_t>(at) + step_[direction]);
  }
  // What is left between a node and its neighbour in the direction of flow: from the source's tree
  // outwards, into the sink's tree inwards.
  bool leads(const Node& node, Place next, int direction) const {
    return node.tree == kSource ? node.capacity[direction] > 0
                                : nodes_[next].capacity[direction ^ 2] > 0;
  }
  void begin();
  void wait(Place at);
  bool grow(Place at, Place* from, int* direction);
  void augment(Place source_end, int direction);
  void adopt();
  bool rooted(Place at, std::uint32_t* distance);
  void orphan(Place at);

  std::int64_t height_, width_, stride_;
  std::int64_t step_[4];
  std::vector<Node> nodes_;
  std::vector<Place> waiting_, next_, orphans_;
  std::uint32_t time_ = 1;
  bool begun_ = false;
};

}  // namespace docbin
