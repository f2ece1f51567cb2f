// Thirty-two pixels at a time: the rule in single precision, and in double where the bound on what
// that is wrong by does not decide. So the ink is that of window_sums.hpp, bit for bit. Included in
// the unnamed namespace of the cells that have vectors of 256 bits and FMA; V is a cell's policy.
// Nothing from the standard library: an inline function compiled for one target must not serve
// another.

#include "window_strips.inl"
#include "window_verdicts.inl"

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

template <class V, bool kContrast, class Quick, class Exact>
void quick_rows(const Page& page, std::int64_t radius, const Quick& quick, const Exact& exact,
                const std::uint8_t* plane, const Ink& ink, std::int64_t y0, std::int64_t y1,
                unsigned char* scratch) {
  Strips strips(page, radius, y0, scratch);
  for (std::int64_t y = y0; y < y1; ++y) {
    strips.row(y);
    const std::uint8_t* grey_row = page.gray + y * page.width;
    const std::uint8_t* plane_row = plane != nullptr ? plane + y * page.width : grey_row;
    std::uint8_t* out = ink.data + y * ink.stride;
    for (std::int64_t x = 0; x < page.width; x += kBlock) {
      const Block block = strips.next(x);
      const Ints grey = strips.bytes(grey_row, x), other = strips.bytes(plane_row, x);
      Ints greys[4], others[4], black[4];
      take_apart(grey, greys);
      take_apart(other, others);
      Reals sure = _mm256_castsi256_ps(_mm256_set1_epi32(-1));
      for (int p = 0; p < 4; ++p) {
        Seen s = strips.see(block, p, x);
        s.grey = _mm256_cvtepi32_ps(greys[p]);
        s.plane = _mm256_cvtepi32_ps(others[p]);
        const Verdict v = quick(s);
        const Reals is_ink = _mm256_cmp_ps(v.gap, fill(0.0f) - v.doubt, _CMP_LT_OQ);
        const Reals is_paper = _mm256_cmp_ps(v.gap, v.doubt, _CMP_GT_OQ);
        black[p] = _mm256_castps_si256(is_ink);
        Reals sure_ink = is_ink;
        if constexpr (kContrast)
          sure_ink = _mm256_and_ps(is_ink, _mm256_cmp_ps(s.variance, fill(kVariance), _CMP_GT_OQ));
        sure = _mm256_and_ps(sure, _mm256_or_ps(is_paper, sure_ink));
      }
      Ints bytes = _mm256_and_si256(black[0], _mm256_set1_epi32(1));
      for (int p = 1; p < 4; ++p)
        bytes = _mm256_or_si256(bytes, _mm256_and_si256(black[p], _mm256_set1_epi32(1 << 8 * p)));
      if (_mm256_movemask_ps(sure) != 0xff) [[unlikely]] {
        std::uint32_t bits = 0;
        strips.template exactly<V>(block, grey, other, x, [&](int i, const Local<V>& w) {
          bits |= static_cast<std::uint32_t>(exact(w)) << i;
        });
        bytes = spread_bits(bits);
      }
      const std::int64_t width = page.width - x;
      if (width < kBlock) [[unlikely]] {
        std::uint8_t rest[kBlock];
        store(rest, bytes);
        __builtin_memset(rest + width, 0, static_cast<std::size_t>(kBlock - width));
        if (!ink.packed) __builtin_memcpy(out + x, rest, static_cast<std::size_t>(width));
        bytes = load(rest);
      }
      if (ink.packed) {
        const std::uint32_t bits = pack_bytes(bytes);
        const std::int64_t left = ink.stride - x / 8;
        __builtin_memcpy(out + x / 8, &bits, left < 4 ? static_cast<std::size_t>(left) : 4);
      } else if (width >= kBlock) {
        store(out + x, bytes);
      }
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
    quick_rows<V, true>(page, radius, quick, exact, rule.plane, ink, y0, y1, scratch);
  };
  switch (rule.formula) {
    case Formula::niblack: return run(QuickNiblack(p), Niblack<V>(p));
    case Formula::sauvola: return run(QuickSauvola(p), Sauvola<V>(p));
    case Formula::wolf: return run(QuickWolf(p), Wolf<V>(p));
    case Formula::nick: return run(QuickNick(p), Nick<V>(p));
    case Formula::singh: return run(QuickSingh(p), Singh<V>(p));
    case Formula::wan: return run(QuickWan(p), Wan<V>(p));
    case Formula::bradley:
      return quick_rows<V, false>(page, radius, QuickBradley(p), Bradley<V>(p), rule.plane, ink,
                                  y0, y1, scratch);
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
      const Block block = strips.next(x);
      const Reals limit = fill(static_cast<float>(largest) - kVariance);
      Reals more = fill(0.0f);
      for (int p = 0; p < 4; ++p) {
        const Reals variance = strips.see(block, p, x).variance;
        more = _mm256_or_ps(more, _mm256_cmp_ps(variance, limit, _CMP_GE_OQ));
      }
      if (_mm256_movemask_ps(more) == 0) [[likely]] continue;
      const Ints none = _mm256_setzero_si256();
      strips.template exactly<V>(block, none, none, x, [&](int i, const Local<V>& w) {
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
