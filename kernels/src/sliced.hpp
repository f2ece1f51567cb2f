// The bit-sliced adders, written once over a vector of bits. Each cell includes this inside its own
// anonymous namespace, after defining V (see stream.hpp): nothing here is shared between targets.

#include "stream.hpp"

#include "sliced_counts.hpp"
#include "sliced_numbers.hpp"

inline constexpr int kRoom = 18;  // planes a number may grow to

struct Scratch {
  V* planes;   // taps + 1: the gathered activations and a zero plane
  V* numbers;  // (2^share + share) numbers of kRoom planes
  V* total;    // ~T, kMaxWidth planes
  V* u;        // u with its extensions, and its complement: 2 * kExtended
};
std::size_t scratch_bytes(const Plan& plan) {
  const std::size_t planes = static_cast<std::size_t>(plan.taps) + 1 +
                             static_cast<std::size_t>((1 << plan.share) + plan.share) * kRoom +
                             kMaxWidth + 2 * kExtended;
  return planes * sizeof(V);
}

Scratch divide(const Plan& plan, void* memory) {
  Scratch s{};
  s.planes = static_cast<V*>(memory);
  s.numbers = s.planes + plan.taps + 1;
  s.total = s.numbers + ((1 << plan.share) + plan.share) * kRoom;
  s.u = s.total + kMaxWidth;
  clear_below(s.u);
  return s;
}

// Gathers the taps of kVector bytes at `offset` into the block, and sums them all: ~T.
void gather(const Plan& plan, const Signs& in, int offset, const Scratch& s, int width) {
  const int k = plan.kernel;
  for (int c = 0; c < plan.inputs; ++c) {
    const std::uint8_t* plane = in.at + static_cast<std::size_t>(c) * in.stride + offset;
    if (k == 1) {
      s.planes[c] = V::load_u(plane);
      continue;
    }
    for (int dy = 0; dy < 3; ++dy) {
      const std::uint8_t* row = plane + (dy - 1) * in.pitch;
      const V here = V::load_u(row);
      V* out = s.planes + static_cast<std::size_t>(3 * dy) * static_cast<std::size_t>(plan.inputs) + c;
      out[0] = V::up1(V::load_u(row - 8), here);
      out[plan.inputs] = here;
      out[2 * plan.inputs] = V::down1(here, V::load_u(row + 8));
    }
  }
  s.planes[plan.taps] = V::zero();
  // T: four at a time without a list.
  V t[kMaxWidth + 1];
  for (V& v : t) v = V::zero();
  int i = 0;
  for (; i + 8 <= plan.taps; i += 8) {
    const V* p = s.planes + i;
    const V a = full_add(t[0], p[0], p[1]), b = full_add(t[0], p[2], p[3]);
    const V c = full_add(t[0], p[4], p[5]), d = full_add(t[0], p[6], p[7]);
    const V e = full_add(t[1], a, b), f = full_add(t[1], c, d);
    V carry = full_add(t[2], e, f);
    for (int j = 3; j < width; ++j) {
      const V kept = t[j];
      t[j] = kept ^ carry;
      carry = kept & carry;
    }
  }
  for (; i < plan.taps; ++i) {
    V carry = s.planes[i];
    for (int j = 0; j < width; ++j) {
      const V kept = t[j];
      t[j] = kept ^ carry;
      carry = kept & carry;
    }
  }
  for (int j = 0; j < width; ++j) s.total[j] = ~t[j];
}

// Sums of one share: sums[c] is B of channel c.
void share_sums(const Plan& plan, int share, const Scratch& s, Number* sums) {
  Number groups[1 << kMaxShare];
  const int each = plan.groups_per_share();
  const Plan::Group* group = plan.groups.data() + static_cast<std::ptrdiff_t>(share) * each;
  for (int g = 0; g < each; ++g, ++group) {
    Number& number = groups[group->pattern];
    number.planes = s.numbers + static_cast<std::ptrdiff_t>(group->pattern) * kRoom;
    number.bound = group->count;
    number.width = static_cast<int>(std::bit_width(number.bound));
    const std::uint16_t* list = plan.list.data() + group->first;
    const unsigned units = group->length / 4u;
    if (units < kCounts.size())
      kCounts[units](s.planes, list, number.planes);
    else
      count_long(s.planes, list, group->length, number.planes);
  }
  for (int c = plan.share - 1; c >= 0; --c) {
    Number& sum = sums[c];
    sum = groups[1 << c];
    for (int p = (1 << c) + 1; p < 2 << c; ++p) {
      // One pass: into the channel's sum, and into the group without this channel.
      add_to_both(sum, groups[p - (1 << c)], groups[p]);
    }
  }
}

void run_signs(const Plan& plan, const Epilogue& e, const Signs& in, const std::uint64_t* flip,
               const std::uint8_t* valid, std::uint8_t* out, std::size_t stride, void* memory) {
  const Scratch s = divide(plan, memory);
  Number sums[kMaxShare];
  for (int offset = 0; offset < kBytes; offset += kVector) {
    gather(plan, in, offset, s, e.width);
    const V mask = V::load_u(valid + offset);
    for (int share = 0, o = 0; share < plan.shares(); ++share) {
      share_sums(plan, share, s, sums);
      for (int c = 0; c < plan.share && o < plan.outputs; ++c, ++o) {
        V sign = V::zero();
        make_u(sums[c], s.total, &e.constant[static_cast<std::size_t>(o * e.width)], e.width,
               [&](int, V plane) { sign = plane; });
        const V flipped = sign ^ V::splat(flip[o]);
        V::store_u(out + static_cast<std::size_t>(o) * stride + offset, flipped & mask);
      }
    }
  }
}

void run_sums(const Plan& plan, const Epilogue& e, const Signs& in, std::int32_t* out,
              void* memory) {
  const Scratch s = divide(plan, memory);
  Number sums[kMaxShare];
  alignas(64) Words words;
  for (int offset = 0; offset < kBytes; offset += kVector) {
    gather(plan, in, offset, s, e.width);
    for (int share = 0, o = 0; share < plan.shares(); ++share) {
      share_sums(plan, share, s, sums);
      for (int c = 0; c < plan.share && o < plan.outputs; ++c, ++o) {
        make_u(sums[c], s.total, &e.constant[static_cast<std::size_t>(o * e.width)], e.width,
               [&](int j, V plane) { V::store_u(words[j], plane); });
        put_sums(words, e.width, plan.taps, out + static_cast<std::ptrdiff_t>(o) * kPositions + offset * 8);
      }
    }
  }
}

// Asks for the stream of one share, which waits in the second-level cache, before its sums are made.
void fetch_stream(const Plan& plan, int bits, const std::uint8_t* stream, int offset, int share) {
  const int first = share * plan.share, last = std::min(first + plan.share, plan.outputs);
  const std::uint8_t* const from = stream + std::ptrdiff_t{first} * bits * kBytes + offset;
  for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{last - first} * bits; ++i)
    __builtin_prefetch(from + i * kBytes, 1, 3);
}

// The channels of one share.
template <int DIGITS>
void unit_channels(const Plan& plan, const Epilogue& e, const UnitBlock& block, const Scratch& s,
                   int offset, int share, const Number* sums) {
  const int first = share * plan.share;
  for (int c = 0; c < plan.share && first + c < plan.outputs; ++c) {
    const std::uint64_t* constant =
        &e.constant[static_cast<std::size_t>(first + c) * static_cast<std::size_t>(e.width)];
    unit_channel<DIGITS>(e, block, s.u, offset, first + c, [&](auto take) {
      make_u(sums[c], s.total, constant, e.width, take);
    });
  }
}

void run_unit(const Plan& plan, const Epilogue& e, const Signs& in, const std::uint8_t* before,
              std::uint8_t* stream, const std::uint64_t* thresholds, const std::uint8_t* valid,
              std::uint8_t* out, std::size_t stride, void* memory) {
  const Scratch s = divide(plan, memory);
  const UnitBlock block{before, stream, thresholds, valid, out, stride};
  const auto channels = e.digits == 1   ? &unit_channels<1>
                        : e.digits == 2 ? &unit_channels<2>
                                        : &unit_channels<3>;
  Number sums[kMaxShare];
  for (int offset = 0; offset < kBytes; offset += kVector) {
    gather(plan, in, offset, s, e.width);
    for (int share = 0; share < plan.shares(); ++share) {
      fetch_stream(plan, e.bits, before, offset, share);
      share_sums(plan, share, s, sums);
      channels(plan, e, block, s, offset, share, sums);
    }
  }
}
