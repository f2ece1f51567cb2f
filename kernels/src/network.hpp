// A packed network: what is loaded once, and how a page runs through it.
//
// A page is cut into regions (bands of rows, and columns when it is very wide). Inside a region
// everything rolls: each node makes whatever its inputs allow, a few blocks of 512 positions at a
// time, and a value is kept only until its last reader has passed. So nothing is computed twice
// inside a region, a few rows of every value are alive at once (the residual stream of a level,
// updated in place, stays in the second-level cache), and memory does not grow with the page. A
// region reads as much around it as the nodes really need there, worked out backwards from the
// rows it owes; what lies beyond the page is zero, what lies beyond the region is never used. Two
// threads share a region: a node's turn is a task, so a page on two threads has no seam that is
// computed twice (5 % of the units' work at A4) and no half that waits for the slower processor.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dense.hpp"
#include "xnor.hpp"

namespace docbin::network {

enum class Op { page, convolution, unit, pool, up, add, head };

// The numbers of a unit that a page may change (FiLM).
struct UnitNumbers {
  const std::int32_t *bias, *positive, *negative;
};

struct Node {
  Op op{};
  int input = -1, other = -1;
  int channels = 0, scale = 0;
  bool interleave = false;
  // unit
  xnor::Plan plan;
  xnor::Epilogue epilogue;
  std::vector<std::uint64_t> thresholds;
  // convolution, head
  int inputs = 0;
  std::vector<std::int16_t> weight;
  std::vector<std::int16_t> gray_weight;  // of 16 inputs, for a page of grey; empty: none
  dense::Winograd winograd, gray_winograd;  // where they fit; a head's for narrow rows only
  std::vector<std::int32_t> bias;
  std::vector<std::uint8_t> shift;
  std::int32_t limit = 0;
};

// A network on colour takes a page of one channel for three equal ones.
struct Page {
  const std::uint8_t* pixels;  // (height, width, channels)
  int height, width, channels;
};

// For benches: a clock in seconds, and a sum for every node.
struct Stopwatch {
  double (*now)();
  double* seconds;
};

class Network {
 public:
  Network(int page_channels, int bits, int digits);

  // Nodes are numbered from 1 in the order they are added; 0 is the page's bands.
  int add_convolution(int input, int outputs, const std::int16_t* weight, const std::int32_t* bias,
                      const std::uint8_t* shift, int limit);
  int add_unit(int input, int kernel, const std::uint8_t* weight, const UnitNumbers& numbers,
               const std::int32_t* threshold);
  int add_pool(int input, bool interleave);
  int add_up(int input, bool interleave);
  int add_add(int input, int other);
  int add_head(int input, const std::int16_t* weight, const std::int32_t* bias,
               const std::uint8_t* shift);

  const Node& node(int index) const { return nodes_[static_cast<std::size_t>(index)]; }
  int size() const { return static_cast<int>(nodes_.size()); }
  int page_channels() const { return page_channels_; }
  int bits() const { return bits_; }
  int digits() const { return digits_; }
  int scale() const { return scale_; }

  // logits: (height, width) int16 in 1/256. `numbers`: one a node, bias null to keep the file's.
  // band, column: page pixels a region owes, 0 to choose. The answer does not depend on them.
  // watch: runs on one thread and tells where the time goes; null where nobody asks.
  void run(const Page& page, const std::vector<UnitNumbers>& numbers, int threads, int band,
           int column, std::int16_t* logits, const Stopwatch* watch = nullptr) const;

 private:
  int add_dense(Op op, int input, int outputs, const std::int16_t* weight,
                const std::int32_t* bias, const std::uint8_t* shift, int limit);
  int page_channels_, bits_, digits_, scale_ = 4;
  std::vector<Node> nodes_;
};

// The whole page as (channels, 128, 128): exact area averages, see reference_context.area_view.
void area_view(const Page& page, int size, std::uint8_t* view);

}  // namespace docbin::network
