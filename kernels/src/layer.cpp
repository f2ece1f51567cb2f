// A whole map through one binary layer: packing, blocks, unpacking.
#include "layer.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace docbin::xnor {
namespace {

struct Free {
  void operator()(std::uint8_t* p) const { std::free(p); }
};
using Buffer = std::unique_ptr<std::uint8_t, Free>;

Buffer zeroed(std::size_t size) {
  size = (size + 63) / 64 * 64 + 64;
  Buffer b(static_cast<std::uint8_t*>(std::aligned_alloc(64, size)));
  if (!b) throw std::bad_alloc();
  std::memset(b.get(), 0, size);
  return b;
}

// Sign planes of a map with a margin of zeros all around.
struct PlaneMap {
  long pitch, blocks;
  std::size_t margin, stride;
  Buffer memory;
  PlaneMap(int channels, Map map)
      : pitch((map.width + 1 + 7) / 8 * 8),
        blocks((map.height * pitch + kPositions - 1) / kPositions),
        margin(static_cast<std::size_t>((pitch / 8 + 8 + 63) / 64 * 64)),
        stride(2 * margin + static_cast<std::size_t>(blocks) * kBytes),
        memory(zeroed(stride * static_cast<std::size_t>(channels))) {}
  std::uint8_t* plane(int channel) const {
    return memory.get() + static_cast<std::size_t>(channel) * stride + margin;
  }
  Signs block(long b) const { return {plane(0) + b * kBytes, stride, pitch / 8}; }
};

void set(std::uint8_t* plane, long position) {
  plane[position / 8] = static_cast<std::uint8_t>(plane[position / 8] | (1u << (position % 8)));
}

bool get(const std::uint8_t* plane, long position) {
  return ((plane[position / 8] >> (position % 8)) & 1u) != 0;
}

PlaneMap pack(int channels, Map map, const std::uint8_t* signs) {
  PlaneMap planes(channels, map);
  for (int c = 0; c < channels; ++c)
    for (long y = 0; y < map.height; ++y)
      for (long x = 0; x < map.width; ++x)
        if (signs[(c * map.height + y) * map.width + x] != 0) set(planes.plane(c), y * planes.pitch + x);
  return planes;
}

void unpack(const PlaneMap& planes, int channels, Map map, std::uint8_t* signs) {
  for (int c = 0; c < channels; ++c)
    for (long y = 0; y < map.height; ++y)
      for (long x = 0; x < map.width; ++x)
        signs[(c * map.height + y) * map.width + x] = get(planes.plane(c), y * planes.pitch + x) ? 1 : 0;
}

// A plane with a 1 at every pixel.
PlaneMap valid(Map map) {
  const std::vector<std::uint8_t> all(static_cast<std::size_t>(map.height * map.width), 1);
  return pack(1, map, all.data());
}

}  // namespace

void layer_sums(const Plan& plan, const std::uint8_t* signs, Map map, std::int32_t* out) {
  const PlaneMap in = pack(plan.inputs, map, signs);
  const std::vector<std::int32_t> bias(static_cast<std::size_t>(plan.outputs), plan.taps);
  const Epilogue epilogue = make_epilogue(plan, bias.data());
  const Buffer scratch = zeroed(cell().scratch(plan));
  std::vector<std::int32_t> sums(static_cast<std::size_t>(plan.outputs) * kPositions);
  for (long b = 0; b < in.blocks; ++b) {
    cell().sums(plan, epilogue, in.block(b), sums.data(), scratch.get());
    for (int o = 0; o < plan.outputs; ++o)
      for (long i = 0; i < kPositions; ++i) {
        const long y = (b * kPositions + i) / in.pitch, x = (b * kPositions + i) % in.pitch;
        if (y < map.height && x < map.width)
          out[(o * map.height + y) * map.width + x] = sums[static_cast<std::size_t>(o * kPositions + i)];
      }
  }
}

void layer_signs(const Plan& plan, const std::uint8_t* signs, Map map,
                 const std::int32_t* threshold, const std::uint8_t* flip, std::uint8_t* out) {
  const PlaneMap in = pack(plan.inputs, map, signs), mask = valid(map);
  const PlaneMap result(plan.outputs, map);
  // dot < threshold is u < 0 with bias = -threshold, one lower where the parities differ... dot
  // and N have one parity, so floor((dot - threshold) / 2) < 0 exactly when dot < threshold.
  std::vector<std::int32_t> bias;
  std::vector<std::uint64_t> flips;
  for (int o = 0; o < plan.outputs; ++o) {
    bias.push_back(-threshold[o]);
    flips.push_back(flip[o] != 0 ? ~0ull : 0ull);
  }
  const Epilogue epilogue = make_epilogue(plan, bias.data());
  const Buffer scratch = zeroed(cell().scratch(plan));
  for (long b = 0; b < in.blocks; ++b)
    cell().signs(plan, epilogue, in.block(b), flips.data(), mask.plane(0) + b * kBytes,
                 result.plane(0) + b * kBytes, result.stride, scratch.get());
  unpack(result, plan.outputs, map, out);
}

void layer_unit(const Plan& plan, const UnitLayer& unit, Map map, std::int32_t* stream,
                std::uint8_t* next) {
  const PlaneMap mask = valid(map);
  const PlaneMap in(plan.inputs, map), result(plan.outputs, map);
  const int channels = plan.outputs, bits = unit.bits;
  const std::size_t block = static_cast<std::size_t>(channels) * static_cast<std::size_t>(bits) * kBytes;
  const Buffer blocks = zeroed(block * static_cast<std::size_t>(in.blocks));
  const auto bit_plane = [&](long position, int c, int j) {
    return blocks.get() + static_cast<std::size_t>(position / kPositions) * block +
           (static_cast<std::size_t>(c) * static_cast<std::size_t>(bits) + static_cast<std::size_t>(j)) * kBytes;
  };
  const auto each = [&](auto use) {
    for (int c = 0; c < channels; ++c)
      for (long y = 0; y < map.height; ++y)
        for (long x = 0; x < map.width; ++x)
          use(c, y * in.pitch + x, stream[(c * map.height + y) * map.width + x]);
  };
  each([&](int c, long position, std::int32_t& value) {
    for (int j = 0; j < bits; ++j)
      if (((value >> j) & 1) != 0) set(bit_plane(position, c, j), position % kPositions);
  });
  const auto thresholds = threshold_masks(unit.threshold, channels, bits);
  const auto later = threshold_masks(unit.next_threshold, channels, bits);
  Epilogue epilogue = make_epilogue(plan, unit.bias);
  add_gains(epilogue, plan, unit.positive, unit.negative, unit.digits, bits);
  const Buffer scratch = zeroed(cell().scratch(plan));
  for (long b = 0; b < in.blocks; ++b)
    cell().below(blocks.get() + static_cast<std::size_t>(b) * block, channels, bits,
                 thresholds.data(), mask.plane(0) + b * kBytes, in.plane(0) + b * kBytes, in.stride);
  for (long b = 0; b < in.blocks; ++b) {
    std::uint8_t* here = blocks.get() + static_cast<std::size_t>(b) * block;
    cell().unit(plan, epilogue, in.block(b), here, here, later.data(), mask.plane(0) + b * kBytes,
                result.plane(0) + b * kBytes, result.stride, scratch.get());
  }
  each([&](int c, long position, std::int32_t& value) {
    std::uint32_t bits_of = 0;
    for (int j = 0; j < bits; ++j)
      if (get(bit_plane(position, c, j), position % kPositions)) bits_of |= 1u << j;
    const std::uint32_t top = 1u << (bits - 1);
    value = static_cast<std::int32_t>(bits_of ^ top) - static_cast<std::int32_t>(top);
  });
  unpack(result, channels, map, next);
}

}  // namespace docbin::xnor
