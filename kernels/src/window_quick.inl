// Thirty-two pixels at a time: the rule in single precision, and in double where the bound on what
// that is wrong by does not decide. So the ink is that of window_rules.hpp, bit for bit. Included in
// the unnamed namespace of the cells that have vectors of 256 bits and FMA; V is a cell's policy.
// Nothing from the standard library: an inline function compiled for one target must not serve
// another.

#include "window_strips.inl"
#include "window_verdicts.inl"

// Byte p of every four, in vector p.
inline void take_apart(Ints bytes, Ints (&out)[4]) {
  const Ints low = _mm256_set1_epi32(0xff);
  out[0] = _mm256_and_si256(bytes, low);
  out[1] = _mm256_and_si256(_mm256_srli_epi32(bytes, 8), low);
  out[2] = _mm256_and_si256(_mm256_srli_epi32(bytes, 16), low);
  out[3] = _mm256_srli_epi32(bytes, 24);
}

// The signs of a block's vectors as bytes of 0 and 1, pixel by pixel.
inline Ints signs(const Reals (&gap)[4]) {
  const auto pair = [&](int p) {
    return _mm256_packs_epi32(_mm256_castps_si256(gap[p]), _mm256_castps_si256(gap[p + 1]));
  };
  const Ints order = _mm256_setr_epi64x(0x0d0905010c080400, 0x0f0b07030e0a0602,
                                        0x0d0905010c080400, 0x0f0b07030e0a0602);
  const Ints bytes = _mm256_shuffle_epi8(_mm256_packs_epi16(pair(0), pair(2)), order);
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 7), _mm256_set1_epi8(1));
}

// Thirty-two bits, pixel by pixel from bit 0, to bytes of 0 and 1.
inline Ints spread_bits(std::uint32_t bits) {
  const Ints which = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202,
                                        0x0303030303030303);
  const Ints one = _mm256_set1_epi64x(static_cast<std::int64_t>(0x8040201008040201ull));
  const Ints copies = _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<int>(bits)), which);
  return _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_and_si256(copies, one), one),
                          _mm256_set1_epi8(1));
}

// Thirty-two bytes of 0 and 1 to four of numpy.packbits.
inline std::uint32_t pack_bytes(Ints ink) {
  const Ints turned = _mm256_shuffle_epi8(
      ink, _mm256_setr_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f, 0x0001020304050607,
                              0x08090a0b0c0d0e0f));
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_slli_epi64(turned, 7)));
}

// Write a block's bytes of 0 and 1 to a row of ink, as far as the page goes.
inline void write_block(Ints bytes, std::int64_t x, std::int64_t width, std::uint8_t* out,
                        const Ink& ink) {
  const std::int64_t left = width - x;
  if (left < kBlock) [[unlikely]] {
    std::uint8_t rest[kBlock];
    store(rest, bytes);
    __builtin_memset(rest + left, 0, static_cast<std::size_t>(kBlock - left));
    if (!ink.packed) __builtin_memcpy(out + x, rest, static_cast<std::size_t>(left));
    bytes = load(rest);
  }
  if (ink.packed) {
    const std::uint32_t bits = pack_bytes(bytes);
    const std::int64_t room = ink.stride - x / 8;
    __builtin_memcpy(out + x / 8, &bits, room < 4 ? static_cast<std::size_t>(room) : 4);
  } else if (left >= kBlock) {
    store(out + x, bytes);
  }
}

// Call look(i, sums) in double for the pixels i, i + 1 ... of a block, V::lanes at a time.
template <class V, class Look>
void exactly(const Strips& strips, const Block& block, Ints grey, Ints plane, std::int64_t x,
             const Look& look) {
  using F = typename V::F;
  using W = Wide<V>;
  std::int32_t S[kBlock], Q[kBlock];
  std::uint8_t g[kBlock], h[kBlock];
  for (int p = 0; p < 4; ++p) {
    store(S + 8 * p, block.S[p]);
    store(Q + 8 * p, block.Q[p]);
  }
  store(g, grey);
  store(h, plane);
  double greys[kBlock], planes[kBlock], n[kBlock], sum[kBlock], square[kBlock];
  for (int i = 0; i < kBlock; ++i) {
    const std::int64_t from = Strips::placed(i);
    greys[i] = g[i];
    planes[i] = h[i];
    n[i] = strips.counts()[x + from] * strips.rows();
    sum[i] = S[from];
    square[i] = Q[from];
  }
  for (int i = 0; i < kBlock; i += V::lanes) {
    Local<V> w;
    w.grey = W::template load<F>(greys + i);
    w.plane = W::template load<F>(planes + i);
    w.n = W::template load<F>(n + i);
    w.S = W::template load<F>(sum + i);
    w.Q = W::template load<F>(square + i);
    w.D = w.n * w.Q - w.S * w.S;
    look(i, w);
  }
}

template <class V, class Exact>
[[gnu::noinline]] Ints decided_exactly(const Exact& exact, const Strips& strips, const Block& block,
                                       Ints grey, Ints plane, std::int64_t x) {
  std::uint32_t bits = 0;
  exactly<V>(strips, block, grey, plane, x, [&](int i, const Local<V>& w) {
    bits |= static_cast<std::uint32_t>(exact(w)) << i;
  });
  return spread_bits(bits);
}

// Lanes that hold ink, if there is a window in them that may be of one grey value.
inline Reals perhaps_even(const Block& block, const float* inverses, const Reals (&gap)[4]) {
  Reals least = fill(kFar), inked = fill(0.0f);
  for (int p = 0; p < 4; ++p) {
    least = _mm256_min_ps(least, Seen(block, inverses, p).variance);
    inked = _mm256_or_ps(inked, gap[p]);
  }
  return _mm256_and_ps(inked, _mm256_cmp_ps(least, fill(kVariance), _CMP_LE_OQ));
}

template <class V, class Quick, class Exact>
void quick_rows(const Page& page, std::int64_t radius, const Quick& quick, const Exact& exact,
                const std::uint8_t* plane, const Ink& ink, std::int64_t y0, std::int64_t y1,
                unsigned char* scratch) {
  Strips strips(page, radius, y0, scratch);
  Block blocks[Strips::kChunk] = {};
  for (std::int64_t y = y0; y < y1; ++y) {
    strips.row(y);
    const std::uint8_t* grey_row = page.gray + y * page.width;
    const std::uint8_t* plane_row = plane != nullptr ? plane + y * page.width : grey_row;
    std::uint8_t* out = ink.data + y * ink.stride;
    const float* inverses = strips.inverses();
    for (std::int64_t x = 0; x < page.width; x += kBlock) {
      const std::int64_t place = x / kBlock % Strips::kChunk;
      if (place == 0) {
        const std::int64_t left = (page.width - x + kBlock - 1) / kBlock;
        const int count = left < Strips::kChunk ? static_cast<int>(left) : Strips::kChunk;
        strips.next<Quick::kSquares>(x, count, blocks);
      }
      const Block& block = blocks[place];
      const Ints grey = strips.bytes(grey_row, x);
      const Ints other = Quick::kPlane ? strips.bytes(plane_row, x) : grey;
      Ints greys[4], others[4];
      take_apart(grey, greys);
      take_apart(other, others);
      Reals gap[4], margin = fill(kFar);
      for (int p = 0; p < 4; ++p) {
        Seen s(block, inverses + x, p);
        s.grey = _mm256_cvtepi32_ps(greys[p]);
        if constexpr (Quick::kPlane) s.plane = _mm256_cvtepi32_ps(others[p]);
        gap[p] = quick(s);
        margin = _mm256_min_ps(margin, absolute(gap[p]));
      }
      Reals doubt = _mm256_cmp_ps(margin, fill(quick.flat), _CMP_NGT_UQ);
      if (quick.even) doubt = _mm256_or_ps(doubt, perhaps_even(block, inverses + x, gap));
      Ints bytes = signs(gap);
      if (_mm256_movemask_ps(doubt) != 0) [[unlikely]]
        bytes = decided_exactly<V>(exact, strips, block, grey, other, x);
      write_block(bytes, x, page.width, out, ink);
    }
  }
}

inline bool is_quick(const Page& page, std::int64_t radius) {
  const std::int64_t side = 2 * radius + 1;
  return (side < page.height ? side : page.height) * (side < page.width ? side : page.width) <=
         kPixels31;
}

template <class V>
void quick_threshold(const Page& page, std::int64_t radius, const Rule& rule, const Ink& ink,
                     std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  if (!is_quick(page, radius) || rule.formula == Formula::phansalkar)
    return threshold_on<V>(page, radius, rule, ink, y0, y1, scratch);
  const double* p = rule.p;
  auto run = [&](const auto& quick, const auto& exact) {
    quick_rows<V>(page, radius, quick, exact, rule.plane, ink, y0, y1, scratch);
  };
  switch (rule.formula) {
    case Formula::niblack: return run(QuickNiblack(p), Niblack<V>(p));
    case Formula::sauvola: return run(QuickSauvola(p), Sauvola<V>(p));
    case Formula::wolf: return run(QuickWolf(p), Wolf<V>(p));
    case Formula::nick: return run(QuickNick(p), Nick<V>(p));
    case Formula::singh: return run(QuickSingh(p), Singh<V>(p));
    case Formula::wan: return run(QuickWan(p), Wan<V>(p));
    case Formula::bradley: return run(QuickBradley(p), Bradley<V>(p));
    case Formula::phansalkar: return;
  }
}

// The same number as max_variance_rows: D in double only where a block could hold a larger one.
template <class V>
double quick_max_variance(const Page& page, std::int64_t radius, std::int64_t y0, std::int64_t y1,
                          unsigned char* scratch) {
  if (!is_quick(page, radius)) return max_variance_on<V>(page, radius, y0, y1, scratch);
  Strips strips(page, radius, y0, scratch);
  double largest = 0;
  for (std::int64_t y = y0; y < y1; ++y) {
    strips.row(y);
    const double down = 1.0 / (strips.rows() * strips.rows());
    for (std::int64_t x = 0; x < page.width; x += kBlock) {
      Block block;
      strips.next<true>(x, 1, &block);
      const Reals limit = fill(static_cast<float>(largest) - kVariance);
      Reals most = fill(0.0f);
      for (int p = 0; p < 4; ++p)
        most = _mm256_max_ps(most, Seen(block, strips.inverses() + x, p).variance);
      if (_mm256_movemask_ps(_mm256_cmp_ps(most, limit, _CMP_GE_OQ)) == 0) [[likely]] continue;
      const Ints none = _mm256_setzero_si256();
      exactly<V>(strips, block, none, none, x, [&](int i, const Local<V>& w) {
        for (int lane = 0; lane < V::lanes && x + i + lane < page.width; ++lane) {
          const double across = strips.count(x + i + lane);
          const double variance = (w.D[lane] * down) / (across * across);
          largest = variance > largest ? variance : largest;
        }
      });
    }
  }
  return largest;
}
