// One region of a page through the network, rolling: see network.hpp.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "network.hpp"
#include "page_memory.hpp"

namespace docbin::network {

struct Range {
  long low, high;
};

inline std::uint8_t* bytes_of(std::uint64_t* words) { return reinterpret_cast<std::uint8_t*>(words); }
inline const std::uint8_t* bytes_of(const std::uint64_t* words) {
  return reinterpret_cast<const std::uint8_t*>(words);
}

// All memory of a region in one piece, handed out on 64-byte boundaries.
class Pool {
 public:
  // Bytes that take() will need for `size`.
  static std::size_t room(std::size_t size) { return (size + 63) / 64 * 64; }
  void open(std::size_t size);
  std::uint8_t* take(std::size_t size);

 private:
  PageArray<std::uint8_t> bytes_;
  std::uint8_t* next_ = nullptr;
};

// What a thread works with, whatever node it is at.
struct Desk {
  PageArray<std::uint8_t> scratch_memory;
  std::uint8_t* scratch = nullptr;
  std::vector<std::int16_t> work, wide_row;
  std::vector<std::uint8_t> padded;
  std::vector<std::uint64_t> words;
  int last = 0;  // the node it was at
};

class Region {
 public:
  // rows, columns: what the region owes, in page pixels, multiples of the network's scale.
  Region(const Network& network, const std::vector<const xnor::Epilogue*>& epilogues,
         const Page& page, Range rows, Range columns, std::int16_t* logits);

  // Works until the region is done, or another thread has failed at it; from any number of threads
  // at once, each with a desk of its own.
  void work(Desk& desk, const Stopwatch* watch);

 private:
  // The positions of one scale, shared by all values of that scale.
  struct Grid {
    long low, high;    // rows
    long height;       // of the page at this scale
    long width, pitch; // in positions; pitch a multiple of 8
  };
  // A residual stream: a ring of blocks, shared by the values that update it in place.
  struct Storage {
    std::size_t block = 0;  // bytes
    long slots = 1;
    std::uint8_t* memory = nullptr;
    std::uint8_t* at(long b) const {
      return memory + static_cast<std::size_t>(b % slots) * block;
    }
  };
  // The signs a unit reads: planes that slide.
  struct Planes {
    long first = 0;  // block at the start, after the margin
    long blocks = 1;
    std::size_t stride = 0, margin = 0;
    std::uint8_t* memory = nullptr;
  };
  struct State {
    Range need{0, 0};      // rows
    long first = 0, last = 0;  // blocks
    long made = 0;         // blocks published
    long row = 0;          // next row, of a node that works by rows
    int storage = -1;
    bool in_place = false;
    std::vector<int> readers, units;  // all, and those that read signs
    bool busy = false;     // a thread is at it
    Planes signs;          // of a unit
  };
  struct Step {
    long from, to;  // blocks, or rows of a node that works by rows
  };
  // The last rows of the stem's or the head's input, by row modulo kLines.
  static constexpr long kLines = 4;
  struct Lines {
    std::vector<std::int16_t> memory;
    std::size_t stride = 0, size = 0;  // int16 from pair to pair, of a row
    long ready = 0;                    // next row to fill
    bool wide[kLines] = {};            // whether a number leaves -kNarrow .. kNarrow - 1
    const std::int16_t* row(long y) const { return memory.data() + static_cast<std::size_t>(y % kLines) * size; }
    std::int16_t* row(long y) { return memory.data() + static_cast<std::size_t>(y % kLines) * size; }
    // The pixel after a row's last, which is outside the map.
    void end(long y, int pair, long width) {
      std::int16_t* const at = row(y) + static_cast<std::size_t>(pair) * stride + 2 * (width + 1);
      at[0] = at[1] = 0;
    }
  };

  const Grid& grid(int node) const { return grids_.at(network_.node(node).scale); }
  bool by_rows(int node) const;
  long rows_ready(int node) const;
  long back(int node) const;  // blocks a unit's signs must reach back
  long next_block(int reader, int source) const;
  long turn_rows(int node) const;
  long turn_blocks(int node) const;
  Step plan(int node) const;
  Step reach(int node) const;
  void commit(int node, Step step);
  long published(int node, long to) const;
  long begun(int node, long to) const;
  long oldest(int storage, long head) const;
  void simulate();
  void reset();
  void take_memory();
  bool done() const;
  bool beside_busy(int node) const;
  bool fits(int node, long to) const;
  int pick(int last, Step& step) const;
  void execute(int node, Step step, Desk& desk);
  void publish(int node, long from, long to, bool fused);
  std::uint8_t* sign_slot(int unit, long block);
  void valid_mask(const Grid& g, long block, std::uint8_t* mask) const;
  // take(block, byte in a plane of it, bytes done, bytes): the blocks in which a row lies.
  template <typename Take>
  void each_piece(int node, long row, Take take) const {
    const Grid& g = grid(node);
    const Storage& storage =
        storages_[static_cast<std::size_t>(states_[static_cast<std::size_t>(node)].storage)];
    const long start = (row - g.low) * g.pitch / 8, bytes = g.pitch / 8;
    for (long done = 0; done < bytes;) {
      const long at = start + done, in = at % xnor::kBytes;
      const long piece = std::min<long>(bytes - done, xnor::kBytes - in);
      take(storage.at(at / xnor::kBytes), in, done, piece);
      done += piece;
    }
  }
  void load_row(int node, int channel, long row, std::uint64_t* words, std::size_t count) const;
  void store_row(int node, int channel, long row, const std::uint64_t* words, std::size_t count);
  void run_unit(int node, Step step, Desk& desk);
  void run_add(int node, Step step);
  void run_pool(int node, Step step, Desk& desk);
  void run_up(int node, Step step, Desk& desk);
  void run_stem(int node, Step step, Desk& desk);
  void run_head(int node, Step step, Desk& desk);
  static void start_lines(Lines& lines, int inputs, long width, long first);
  void convolve_lines(const dense::Convolution& direct, const dense::Winograd& winograd,
                      const Lines& lines, long r, const Grid& g, std::size_t out_stride, Desk& desk);
  dense::PageRows page_rows(long row, long width, Desk& desk);
  void load_pair(int node, int pair, long row);
  void shuffle_row(long r, const std::int16_t* from, std::size_t stride);

  const Network& network_;
  const std::vector<const xnor::Epilogue*>& epilogues_;
  const Page& page_;
  Range rows_, columns_, wide_{0, 0};  // wide_: columns with what surrounds them
  std::map<int, Grid> grids_;
  std::vector<State> states_;
  std::vector<Storage> storages_;
  const xnor::Cell& kernels_;
  const dense::Cell& ends_;
  Pool pool_;
  std::size_t scratch_ = 64;  // bytes a desk needs
  Lines bands_, last_;
  std::int16_t* const logits_;

  // Who may do what next: `states_` belongs to who holds it, but for what a busy node is at.
  std::mutex guard_;
  std::condition_variable changed_;
  int workers_ = 0, busy_ = 0;
  bool failed_ = false;
};

}  // namespace docbin::network
