// Binary convolution on planar bit-planes: the contract, and the plan every target shares.
//
// Maths. A bit is 1 for -1 and 0 for +1; sign(0) = +1; outside the page every sign is +1. Of a
// layer with N = inputs k k taps, dot = N - 2 popcount(x XOR w). Let S be the taps whose weight
// bit is 1, T the sum of all N activation bits, B the sum of those in S. Then the taps that agree
// number m = N - |S| - T + 2 B and dot = 2 m - N. Every result is a function of
//     u = floor((dot + bias) / 2) = m + floor((bias - N) / 2):
//   sums    dot itself, int32
//   signs   dot < threshold, XOR flip: the sign of u with bias = -threshold (rounded to fit)
//   unit    stream += u times one of two gains (by the sign of u); then the signs of the stream
//           against a threshold, for the next unit. See docbin/native/reference_xnor.py.
//
// Layout. Positions are the pixels of a map, rows joined: position = row pitch + column, the pitch
// a multiple of 8 with at least one empty column (kept 0 = +1), which pads the left of the next
// row as well. A block is 512 positions. Sign planes: a plane a channel, bit p of the plane is
// position p. Stream blocks: [channel][plane][64 bytes], plane j is bit j of the two's complement
// value; only same-position arithmetic is done on them, so a block is contiguous.
//
// Arithmetic is bit-sliced: one register holds a bit of 512 (256, 128, 64) pixels; a full adder is
// two or five instructions; nothing is ever converted to lanes of numbers. Only taps with weight 1
// are added. Output channels are taken `share` at a time and their taps grouped by the pattern of
// weights over these channels: each group is summed once, and the channels' sums are put together
// from the groups (the transposed "four Russians"): (1 - 2^-share) N additions for `share`
// channels instead of share N / 2. A minimum spanning tree over channels, each computed from its
// parent by the planes that differ, was counted and not built: over the 18 layers of a trained
// network it adds 0.39 N planes a channel, a channel's smaller half 0.47 N, the groups 0.20 N and
// 0.04 to 0.07 N more to put them together; complements chosen to help the groups would save 2 %
// of theirs (kernels/bench/planes.py).
//
// Layout of the weights: groups of planes always; besides, for the target that is active when a plan
// is made (a network is loaded), its own. Two cells leave the planes of a block for one layer: amx
// expands bits to bytes of +1 and -1 for the matrix unit, vpopcntdq packs channels into words for
// XOR and population counts, and both turn their sums into planes again (lanes.hpp), as streams,
// thresholds and the layers around are planes everywhere. On the processor that has all of them
// (an Intel Xeon with AMX) the adders of avx512 are the fastest for every size that was measured, by
// 1.6 to 1.8 times over amx and 2.4 to 2.8 over vpopcntdq, so these two only run when asked for.
// The reason: sharing leaves the adders a third to a quarter of one operation for every weight.
// Running some channels on the matrix unit and the others on the adders at once was tried: both want
// the first-level cache to themselves, and together they take as long as one after the other.
//
// Bounds. N < 16384. u needs `width` planes (at most 18), fixed by the plan's user from the
// extremes of m in 0..N. Stream additions wrap; that they cannot is proved when a file is loaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace docbin::xnor {

inline constexpr int kPositions = 512;
inline constexpr int kBytes = kPositions / 8;
inline constexpr int kMaxShare = 5;
inline constexpr int kMaxWidth = 18;
inline constexpr int kMaxDigits = 3;
inline constexpr int kListUnit = 4;   // group lists are padded to this with the zero plane
inline constexpr int kListScale = 4;  // what their entries are multiplied by: an address is near

// What is fixed when a layer is loaded.
struct Plan {
  int inputs = 0, outputs = 0, kernel = 0, taps = 0, share = 0;
  // Groups of all shares, one after another; within a share, patterns 1 .. 2^share - 1, largest
  // first (a run of equal lengths is a run of well-predicted branches).
  struct Group {
    std::uint32_t first;     // in `list`
    std::uint16_t length;    // of the padded list
    std::uint16_t count;     // taps really in it: the bound of its sum
    std::uint16_t pattern;   // bit c: in S of the share's channel c
  };
  std::vector<Group> groups;
  // kListScale times tap numbers (kernel position * inputs + input); of the number of taps: zero
  std::vector<std::uint16_t> list;
  std::vector<int> ones;            // |S| a channel

  // The same weights for the two cells that take another layout; filled for the target that is
  // active when the plan is made, empty else, and then those cells run the adders.
  struct Tile {
    alignas(64) std::int8_t weight[16][64];  // [channel][input]: +1, -1, or 0 beyond the last
  };
  std::vector<Tile> tiles;           // amx: [outputs / 16, even][position in the kernel][inputs / 64]
  std::vector<std::uint64_t> words;  // vpopcntdq: [outputs, up to 4][position][inputs / 64]

  int depth() const { return (inputs + 63) / 64; }
  int steps() const { return kernel * kernel * depth(); }
  int groups_per_share() const { return (1 << share) - 1; }
  int shares() const { return (outputs + share - 1) / share; }
};

// weights: (outputs, kernel, kernel, ceil(inputs / 8)), lowest bit first, 1 = -1.
// share 0 picks the best for the size.
Plan make_plan(const std::uint8_t* weights, int outputs, int inputs, int kernel, int share = 0);

// Sign planes around one block. Readable: from (pitch + 8) bytes before `at` to as many after the
// block's end.
struct Signs {
  const std::uint8_t* at;  // the block's first byte in channel 0's plane
  std::size_t stride;      // bytes from plane to plane
  std::ptrdiff_t pitch;    // bytes a row
};

// A layer's numbers, ready for the kernels. Masks are all ones or all zeros, a 64-bit word each.
struct Epilogue {
  int width = 0;                        // planes of u
  std::vector<std::uint64_t> constant;  // [outputs][width]: N - |S| + floor((bias-N)/2) + 1
  std::vector<std::int32_t> bias;       // [outputs], as given
  // unit only:
  int digits = 0, bits = 0;
  std::vector<std::int8_t> shift;       // [outputs][2: u >= 0, u < 0][digits]: the exponent
  std::vector<std::int8_t> sign;        // the same: +1, -1, or 0 for no digit
};

// The width fits every channel's u.
Epilogue make_epilogue(const Plan& plan, const std::int32_t* bias);
void add_gains(Epilogue& epilogue, const Plan& plan, const std::int32_t* positive,
               const std::int32_t* negative, int digits, int bits);

// Thresholds of a stream as masks, [channels][bits + 1]: the bits of ~(threshold ^ top) for a carry
// chain, and whether every value is below.
std::vector<std::uint64_t> threshold_masks(const std::int32_t* threshold, int channels, int bits);

struct Cell {
  // Bytes of scratch a call needs (64-byte aligned).
  std::size_t (*scratch)(const Plan&);
  // out[o * stride ..]: 64 bytes of signs of u a channel, XOR flip, AND valid (64 bytes).
  void (*signs)(const Plan&, const Epilogue&, const Signs&, const std::uint64_t* flip,
                const std::uint8_t* valid, std::uint8_t* out, std::size_t stride, void* scratch);
  // out[o * 512 ..]: dot. The epilogue's bias must be N: u = m + floor((N - N) / 2) = m.
  void (*sums)(const Plan&, const Epilogue&, const Signs&, std::int32_t* out, void* scratch);
  // stream: the block, updated in place from `before` (may be the same). thresholds null: no signs.
  void (*unit)(const Plan&, const Epilogue&, const Signs&, const std::uint8_t* before,
               std::uint8_t* stream, const std::uint64_t* thresholds, const std::uint8_t* valid,
               std::uint8_t* out, std::size_t stride, void* scratch);
  // Signs of a stream block against thresholds, as the unit's own.
  void (*below)(const std::uint8_t* stream, int channels, int bits, const std::uint64_t* thresholds,
                const std::uint8_t* valid, std::uint8_t* out, std::size_t stride);
  // a += b over a block of `channels`.
  void (*add)(std::uint8_t* a, const std::uint8_t* b, int channels, int bits);
};

const Cell& cell();  // of the active target

}  // namespace docbin::xnor
