#include "thinning.hpp"

#include <vector>

namespace docbin {
namespace {

using Word = std::uint64_t;

// 64 pixels' neighbours, one word a direction.
struct Ring {
  Word n, ne, e, se, s, sw, w, nw;
};

Ring ring_of(const Word* here, std::size_t stride) {
  const auto west = [](const Word* p) { return p[0] << 1 | p[-1] >> 63; };
  const auto east = [](const Word* p) { return p[0] >> 1 | p[1] << 63; };
  const Word* above = here - stride;
  const Word* below = here + stride;
  return {above[0], east(above), east(here), east(below),
          below[0], west(below), west(here), west(above)};
}

// Counts up to two, in every bit at once.
struct Tally {
  Word once = 0, twice = 0;
  void add(Word bits) {
    twice |= once & bits;
    once |= bits;
  }
  Word exactly_one() const { return once & ~twice; }
};

struct ZhangSuen {
  static constexpr bool kKeepsSquares = true;
  static Word deletable(Word here, const Ring& r, int half) {
    // Most words have nothing to delete: the cheapest question comes first.
    here &= ~(half == 0 ? r.e & r.s & (r.n | r.w) : r.n & r.w & (r.e | r.s));
    if (here == 0) return 0;
    const Word around[8] = {r.n, r.ne, r.e, r.se, r.s, r.sw, r.w, r.nw};
    Tally set, unset, rises;
    for (const Word bits : around) {
      set.add(bits);
      unset.add(~bits);
    }
    here &= set.twice & unset.twice;
    if (here == 0) return 0;
    for (int i = 0; i < 8; ++i) rises.add(~around[i] & around[(i + 1) % 8]);
    return here & rises.exactly_one();
  }
};

struct GuoHall {
  static constexpr bool kKeepsSquares = false;
  static Word deletable(Word here, const Ring& r, int half) {
    Tally crossings, first, second, first_gaps, second_gaps;
    crossings.add(~r.e & (r.ne | r.n));
    crossings.add(~r.n & (r.nw | r.w));
    crossings.add(~r.w & (r.sw | r.s));
    crossings.add(~r.s & (r.se | r.e));
    const Word pairs[4] = {r.e | r.ne, r.n | r.nw, r.w | r.sw, r.s | r.se};
    const Word other[4] = {r.ne | r.n, r.nw | r.w, r.sw | r.s, r.se | r.e};
    for (int i = 0; i < 4; ++i) {
      first.add(pairs[i]);
      second.add(other[i]);
      first_gaps.add(~pairs[i]);
      second_gaps.add(~other[i]);
    }
    // The smaller of the two sums is 2 or 3.
    const Word middling = first.twice & second.twice & (first_gaps.once | second_gaps.once);
    const Word side = half == 0 ? (r.ne | r.n | ~r.se) & r.e : (r.sw | r.s | ~r.nw) & r.w;
    return here & crossings.exactly_one() & middling & ~side;
  }
};

// The lower right pixels, among `candidates`, of squares of four that stand alone. Zhang and Suen
// would delete all four at once and the component with them; the official tool keeps this one.
Word last_of_squares(const Word* here, std::size_t stride, Word candidates) {
  const Ring r = ring_of(here, stride);
  Word corners = candidates & r.n & r.nw & r.w & ~(r.ne | r.e | r.se | r.s | r.sw);
  Word kept = 0;
  for (; corners != 0; corners &= corners - 1) {
    const int x = std::countr_zero(corners) + 64;  // counted from the word before
    int around = 0;                                // pixels of the 4 x 4 around the square
    for (int dy = -2; dy <= 1; ++dy)
      for (int dx = -2; dx <= 1; ++dx) {
        const Word* word = (dy < 0 ? here - stride * static_cast<std::size_t>(-dy)
                                   : here + stride * static_cast<std::size_t>(dy)) +
                           ((x + dx) >> 6) - 1;
        around += static_cast<int>(*word >> ((x + dx) & 63) & 1);
      }
    if (around == 4) kept |= corners & (~corners + 1);
  }
  return kept;
}

// Repeat both sub-iterations to a fixed point. A word is judged again only if it or a word beside
// it has changed since the same sub-iteration last saw it, so the cost follows the moving front.
template <typename Rule>
void thin(BitPlane& plane) {
  struct Deletion {
    std::size_t word;
    Word bits;
  };
  const std::size_t stride = plane.stride();
  Word* const base = plane.row(-2) - 1;
  std::vector<std::uint8_t> queued(stride * (static_cast<std::size_t>(plane.height()) + 4), 0);
  std::vector<std::size_t> queue[2], judged;
  std::vector<Deletion> deletions;
  const auto enqueue = [&](std::size_t word) {
    if (base[word] == 0) return;
    for (int half = 0; half < 2; ++half)
      if (!(queued[word] >> half & 1)) {
        queued[word] = static_cast<std::uint8_t>(queued[word] | 1 << half);
        queue[half].push_back(word);
      }
  };
  for (int y = 0; y < plane.height(); ++y)
    for (int k = 0; k < plane.words(); ++k)
      enqueue(static_cast<std::size_t>(plane.row(y) + k - base));

  int idle = 0;
  for (int half = 0; idle < 2; half ^= 1) {
    judged.swap(queue[half]);
    queue[half].clear();
    deletions.clear();
    for (const std::size_t word : judged) {
      queued[word] = static_cast<std::uint8_t>(queued[word] & ~(1 << half));
      Word bits = Rule::deletable(base[word], ring_of(base + word, stride), half);
      if constexpr (Rule::kKeepsSquares)
        if (bits != 0) bits &= ~last_of_squares(base + word, stride, bits);
      if (bits != 0) deletions.push_back({word, bits});
    }
    for (const Deletion& d : deletions) base[d.word] &= ~d.bits;
    for (const Deletion& d : deletions)
      for (const std::size_t near : {d.word - stride, d.word, d.word + stride}) {
        enqueue(near);
        if (d.bits & 1) enqueue(near - 1);
        if (d.bits >> 63) enqueue(near + 1);
      }
    idle = deletions.empty() ? idle + 1 : 0;
  }
}

// Lee and Chen's table 1: the neighbourhoods whose middle is deleted, a bit each. The entries were
// taken from Doxa (CC0), not checked against the paper's page; with them the weight maps of the
// official tool come out equal on every pixel. The index holds
// N NE E SE S SW W NW from bit 0 to bit 7.
constexpr Word kLeeChen[4] = {
    0x20f0000020d06020,
    0x0a5aa0aa5b59a0aa,
    0xa0a0000020a02020,
    0x4850a0215b5b2020};

int neighbours(const BitPlane& plane, int y, int x) {
  // Columns -1 and width() fall in the zero words or in the unset end of the last word.
  const auto bit = [&](int dy, int dx) {
    const int column = x + dx + 64;
    return static_cast<int>(plane.row(y + dy)[(column >> 6) - 1] >> (column & 63) & 1);
  };
  return bit(-1, 0) | bit(-1, 1) << 1 | bit(0, 1) << 2 | bit(1, 1) << 3 | bit(1, 0) << 4 |
         bit(1, -1) << 5 | bit(0, -1) << 6 | bit(-1, -1) << 7;
}

}  // namespace

void thin_guo_hall(BitPlane& plane) { thin<GuoHall>(plane); }

void thin_lee_chen(BitPlane& plane) {
  thin<ZhangSuen>(plane);
  for (bool changed = true; changed;) {
    changed = false;
    for (int y = 0; y < plane.height(); ++y)
      plane.for_each(y, 0, plane.width() - 1, [&](int x) {
        const int index = neighbours(plane, y, x);
        if (!(kLeeChen[index >> 6] >> (index & 63) & 1)) return;
        plane.clear(y, x);
        changed = true;
      });
  }
}

}  // namespace docbin
