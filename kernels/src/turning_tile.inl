// The piece of turning.hpp, in plain C++ that compilers turn into vectors; each cell includes this in
// an unnamed namespace and compiles it with its own flags. Nothing from the standard library here.
// Before it a cell says how it blends many at once: blend_many() does the first of n and returns how
// many, see blend().

// The higher half of a product: what one instruction makes of sixteen at a time.
inline Part high(Part a, Part b) {
  return static_cast<Part>((static_cast<std::uint32_t>(a) * b) >> 16);
}

// Weights in 1/16384 of the parts of places[i] + offset, for i below n. They add up to one. With
// t + s = 4096 pixel parts, ts = t s / 1024 <= 4096, and every product below is of two factors
// under 2^16, shifted so that its higher half is what is meant.
inline void weigh(const Part* __restrict places, Part offset, Index n, const Weights& to) {
  Word *__restrict w0 = to.w[0], *__restrict w1 = to.w[1];
  Word *__restrict w2 = to.w[2], *__restrict w3 = to.w[3];
  for (Index i = 0; i < n; ++i) {
    const Part t = static_cast<Part>((places[i] + offset) & 4095), s = static_cast<Part>(4096 - t);
    const Part ts = high(static_cast<Part>(t << 4), static_cast<Part>(s << 2));
    const Part before = high(static_cast<Part>(12 * ts), s);  // 3 ts s / 2^14
    const Part after = high(static_cast<Part>(12 * ts), t);
    const Part bow = high(static_cast<Part>(10 * ts), static_cast<Part>(2 * t));  // 5 ts t / 2^14
    const Part here = static_cast<Part>(4 * s + ts - bow);
    w0[i] = static_cast<Word>(-before);
    w1[i] = static_cast<Word>(here);
    w2[i] = static_cast<Word>(16384 + before - here + after);
    w3[i] = static_cast<Word>(-after);
  }
}

// Where the whole part of places[i] + offset, less `lean` for each i, is no longer what it is at
// `start`: places rise or fall evenly, so that halving finds it.
inline Index run_end(const Place* places, Place offset, Index lean, Index start, Index n) {
  const auto at = [&](Index i) { return ((places[i] + offset) >> 12) - lean * i; };
  const Index value = at(start);
  if (at(n - 1) == value) return n;
  Index same = start, other = n - 1;
  while (other - same > 1) {
    const Index middle = (same + other) / 2;
    (at(middle) == value ? same : other) = middle;
  }
  return other;
}

// to[i] = the weighted sum of four taps, `apart` from each other, rounded.
template <int shift, class Tap, class To>
inline void blend(const Tap* taps, Index apart, const Weights& by, Index start, Index end,
                  To* __restrict to) {
  const Tap *__restrict p0 = taps, *__restrict p1 = taps + apart;
  const Tap *__restrict p2 = taps + 2 * apart, *__restrict p3 = taps + 3 * apart;
  const Word *__restrict w0 = by.w[0], *__restrict w1 = by.w[1];
  const Word *__restrict w2 = by.w[2], *__restrict w3 = by.w[3];
  const Index done = blend_many<shift>(taps, apart, by, start, end - start, to + start);
  for (Index i = start + done; i < end; ++i) {
    const Index j = i - start;
    std::int32_t sum = w0[i] * p0[j] + w1[i] * p1[j] + w2[i] * p2[j] + w3[i] * p3[j];
    sum = (sum + (1 << (shift - 1))) >> shift;
    if constexpr (sizeof(To) == 1) sum = sum < 0 ? 0 : sum > 255 ? 255 : sum;
    to[i] = static_cast<To>(sum);
  }
}

// Copy pixels first .. first + count of a row of the page; beyond it there is fill.
inline void stretch(const Image& page, Index v, Index first, Index count, const Byte* fill,
                    Byte* __restrict to) {
  const Index c = page.channels;
  const Byte* row = page.pixels + v * page.width * c;
  Index left = -first < 0 ? 0 : -first, right = page.width - first;
  left = left > count ? count : left;
  right = right > count ? count : right < left ? left : right;
  for (Index i = 0; i < left * c; ++i) to[i] = fill[i % c];
  if (right > left)
    __builtin_memcpy(to + left * c, row + (first + left) * c,
                     static_cast<unsigned long>((right - left) * c));
  for (Index i = right * c; i < count * c; ++i) to[i] = fill[i % c];
}

void tile(const Image& page, const Places& places, const Tile& at, const Byte* fill,
          Index out_width, Byte* out, Word* scratch) {
  const Index c = page.channels, line = at.width * c;
  Part* const spread = reinterpret_cast<Part*>(scratch);  // the part of a place, for every channel
  Word* const h = scratch + line;
  Word* const w = h + at.tall * line;
  const Weights by = {{w, w + line, w + 2 * line, w + 3 * line}};
  Byte* const near = reinterpret_cast<Byte*>(w + 4 * line);
  const Place* across = places.across + at.first;
  const Place* down = places.down + at.first;

  for (Index i = 0; i < line; ++i) spread[i] = static_cast<Part>(across[i / c]);
  for (Index r = 0; r < at.tall; ++r) {
    const Index v = at.low + r;
    Word* to = h + r * line;
    if (v < 0 || v >= page.height) {
      for (Index i = 0; i < line; ++i) to[i] = static_cast<Word>(64 * fill[i % c]);
      continue;
    }
    const Place offset = places.row[v];
    const Index ends[2] = {(across[0] + offset) >> 12, (across[at.width - 1] + offset) >> 12};
    const Index low = (ends[0] < ends[1] ? ends[0] : ends[1]) - 1;
    const Index high = (ends[0] < ends[1] ? ends[1] : ends[0]) + 2;
    stretch(page, v, low, high - low + 1, fill, near);
    weigh(spread, static_cast<Part>(offset), line, by);
    for (Index x = 0; x < at.width;) {
      const Index end = run_end(across, offset, 1, x, at.width);
      const Byte* taps = near + (((across[x] + offset) >> 12) - 1 - low) * c;
      blend<8>(taps, c, by, x * c, end * c, to);
      x = end;
    }
  }

  for (Index i = 0; i < line; ++i) spread[i] = static_cast<Part>(down[i / c]);
  for (Index y = at.top; y < at.top + at.height; ++y) {
    const Place offset = places.rows[y];
    Byte* to = out + (y * out_width + at.first) * c;
    weigh(spread, static_cast<Part>(offset), line, by);
    for (Index x = 0; x < at.width;) {
      const Index end = run_end(down, offset, 0, x, at.width);
      const Word* taps = h + (((down[x] + offset) >> 12) - 1 - at.low) * line + x * c;
      blend<20>(taps, line, by, x * c, end * c, to);
      x = end;
    }
  }
}
