// The rules themselves, on vectors that compilers split where a target's are shorter: each cell
// includes this in an unnamed namespace and compiles it with its own flags. Nothing from the
// standard library here: an inline function compiled for one target must not serve another.

using Word = std::uint64_t;
typedef Word Four __attribute__((vector_size(8 * kThinningRows)));

inline void load(const Word* p, Four& v) { __builtin_memcpy(&v, p, sizeof v); }
inline bool any(const Four& v) { return (v[0] | v[1] | v[2] | v[3]) != 0; }

// 256 pixels' neighbours, a vector a direction.
struct Ring {
  Four n, ne, e, se, s, sw, w, nw;
};

inline void look_along(const Word* p, std::size_t stride, Four& west, Four& here, Four& east) {
  Four before, after;
  load(p - stride, before);
  load(p, here);
  load(p + stride, after);
  west = here << 1 | before >> 63;
  east = here >> 1 | after << 63;
}

// Counts up to two, in every bit at once.
struct Tally {
  Four once{}, twice{};
  void add(const Four& bits) {
    twice |= once & bits;
    once |= bits;
  }
};

struct ZhangSuen {
  static constexpr bool kKeepsSquares = true;
  // Narrows `here` down to what the half iteration deletes.
  static void judge(const Ring& r, int half, Four& here) {
    here &= ~(half == 0 ? r.e & r.s & (r.n | r.w) : r.n & r.w & (r.e | r.s));
    if (!any(here)) return;
    const Four around[8] = {r.n, r.ne, r.e, r.se, r.s, r.sw, r.w, r.nw};
    Tally set, unset, rises;
    for (int i = 0; i < 8; ++i) {
      set.add(around[i]);
      unset.add(~around[i]);
      rises.add(~around[i] & around[(i + 1) % 8]);
    }
    here &= set.twice & unset.twice & rises.once & ~rises.twice;
  }
};

struct GuoHall {
  static constexpr bool kKeepsSquares = false;
  static void judge(const Ring& r, int half, Four& here) {
    const Four side = half == 0 ? (r.ne | r.n | ~r.se) & r.e : (r.sw | r.s | ~r.nw) & r.w;
    here &= ~side;
    if (!any(here)) return;
    Tally crossings, first, second, first_gaps, second_gaps;
    crossings.add(~r.e & (r.ne | r.n));
    crossings.add(~r.n & (r.nw | r.w));
    crossings.add(~r.w & (r.sw | r.s));
    crossings.add(~r.s & (r.se | r.e));
    const Four pairs[4] = {r.e | r.ne, r.n | r.nw, r.w | r.sw, r.s | r.se};
    const Four other[4] = {r.ne | r.n, r.nw | r.w, r.sw | r.s, r.se | r.e};
    for (int i = 0; i < 4; ++i) {
      first.add(pairs[i]);
      second.add(other[i]);
      first_gaps.add(~pairs[i]);
      second_gaps.add(~other[i]);
    }
    // The smaller of the two sums is 2 or 3.
    here &= crossings.once & ~crossings.twice;
    here &= first.twice & second.twice & (first_gaps.once | second_gaps.once);
  }
};

// The lower right pixels, among `corners`, of squares of four that stand alone: whether the 4 x 4
// pixels around the square hold nothing else.
inline Word last_of_squares(const Word* here, std::size_t stride, Word corners) {
  Word kept = 0;
  for (; corners != 0; corners &= corners - 1) {
    const int x = __builtin_ctzll(corners);
    int around = 0;
    for (int dy = -2; dy <= 1; ++dy)
      for (int dx = -2; dx <= 1; ++dx) {
        const Word* word = here + dy;
        if (x + dx < 0) word -= stride;
        if (x + dx > 63) word += stride;
        around += static_cast<int>(*word >> ((x + dx) & 63) & 1);
      }
    if (around == 4) kept |= corners & (~corners + 1);
  }
  return kept;
}

template <typename Rule>
std::size_t judge(const Word* words, std::size_t stride, const std::uint32_t* blocks,
                  std::size_t count, int half, ThinningDeletion* deletions) {
  std::size_t noted = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Word* here = words + blocks[i];
    Ring r;
    Four middle;
    look_along(here, stride, r.w, middle, r.e);
    look_along(here - 1, stride, r.nw, r.n, r.ne);
    look_along(here + 1, stride, r.sw, r.s, r.se);
    Rule::judge(r, half, middle);
    if (!any(middle)) continue;
    if constexpr (Rule::kKeepsSquares) {
      // Zhang and Suen would delete all four at once and the component with them; the official
      // tool keeps this one.
      const Four corners = middle & r.n & r.nw & r.w & ~(r.ne | r.e | r.se | r.s | r.sw);
      if (any(corners)) {
        for (int k = 0; k < kThinningRows; ++k)
          middle[k] &= ~last_of_squares(here + k, stride, corners[k]);
        if (!any(middle)) continue;
      }
    }
    deletions[noted].block = blocks[i];
    __builtin_memcpy(deletions[noted].bits, &middle, sizeof middle);
    ++noted;
  }
  return noted;
}
