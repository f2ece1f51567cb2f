// The sums of thirty-two windows at a time in 32-bit integers, for windows of up to kPixels31
// pixels; see window_quick.inl, which includes this.
//
// Layout. Column 4i + p is number i of plane p, and pixel 4i + p of a block is lane i of vector p:
// bytes are taken apart by shifts and put together by masks. The sum of a window is that of the
// window one column to the left, plus the column that enters, less the one that leaves; along a
// block that takes three additions of vectors and one scan across the lanes.

constexpr std::int64_t kBlock = 32;
constexpr std::int64_t kPixels31 = 33025;     // 65025 * kPixels31 < 2^31

using Ints = __m256i;
using Reals = __m256;

inline Ints load(const void* from) { return _mm256_loadu_si256(static_cast<const Ints*>(from)); }
inline void store(void* to, Ints v) { _mm256_storeu_si256(static_cast<Ints*>(to), v); }
inline Reals fill(float value) { return _mm256_set1_ps(value); }
inline Reals absolute(Reals v) { return _mm256_andnot_ps(fill(-0.0f), v); }
inline Reals times_plus(Reals a, Reals b, Reals c) { return _mm256_fmadd_ps(a, b, c); }
inline Reals times_minus(Reals a, Reals b, Reals c) { return _mm256_fmsub_ps(a, b, c); }
inline Reals less_times(Reals c, Reals a, Reals b) { return _mm256_fnmadd_ps(a, b, c); }

// Byte p of every four, in vector p.
inline void take_apart(Ints bytes, Ints (&out)[4]) {
  const Ints low = _mm256_set1_epi32(0xff);
  out[0] = _mm256_and_si256(bytes, low);
  out[1] = _mm256_and_si256(_mm256_srli_epi32(bytes, 8), low);
  out[2] = _mm256_and_si256(_mm256_srli_epi32(bytes, 16), low);
  out[3] = _mm256_srli_epi32(bytes, 24);
}

// The sums of a block's windows: vector p, lane i is pixel 4i + p.
struct Block {
  Ints S[4], Q[4];
};

// What a rule looks at, eight pixels.
struct Seen {
  Reals grey, plane, mean, square, variance, inverse;  // square: Q / n; inverse: 1 / n
};

class Strips {
 public:
  Strips(const Page& page, std::int64_t radius, std::int64_t y0, unsigned char* scratch)
      : page_(page), radius_(radius), side_(radius < page.width ? radius : page.width - 1) {
    const std::int64_t w = page.width, blocks = (w + kBlock - 1) / kBlock;
    const std::int64_t before = (side_ / 4 + 9) / 8 * 8;  // numbers of a plane left of the page
    plane_size_ = before + 8 * blocks + before + 8;
    const auto at = (reinterpret_cast<std::uintptr_t>(scratch) + 63) & ~std::uintptr_t{63};
    std::int32_t* numbers = reinterpret_cast<std::int32_t*>(at);
    __builtin_memset(numbers, 0, sizeof(std::int32_t) * 8 * plane_size_);
    sums_ = numbers + before;
    squares_ = sums_ + 4 * plane_size_;
    counts_ = reinterpret_cast<double*>(numbers + 8 * plane_size_);
    inverses_ = reinterpret_cast<float*>(counts_ + kBlock * blocks);
    none_ = reinterpret_cast<std::uint8_t*>(inverses_ + kBlock * blocks);
    for (int p = 0; p < 4; ++p) {
      enters_[p] = shifted(p + side_);
      leaves_[p] = shifted(p - side_ - 1);
    }
    __builtin_memset(none_, 0, kBlock * blocks);
    for (std::int64_t x = 0; x < kBlock * blocks; ++x) {
      const std::int64_t here = x < w ? x : w - 1;
      const std::int64_t left = here > radius_ ? here - radius_ : 0;
      const std::int64_t right = here + radius_ < w ? here + radius_ + 1 : w;
      counts_[placed(x)] = static_cast<double>(right - left);
    }
    top_ = y0 > radius_ ? y0 - radius_ : 0;
    bottom_ = top_;
    const std::int64_t last = y0 + radius_ < page.height ? y0 + radius_ : page.height;
    while (bottom_ < last) advance(page.gray + bottom_++ * w, none_);
  }

  // Move to row y; rows are asked for in order.
  void row(std::int64_t y) {
    const std::uint8_t* enters = none_;
    const std::uint8_t* leaves = none_;
    if (y + radius_ < page_.height) enters = page_.gray + bottom_++ * page_.width;
    if (y - radius_ > top_) leaves = page_.gray + top_++ * page_.width;
    advance(enters, leaves);
    if (rows_ != static_cast<double>(bottom_ - top_)) {
      rows_ = static_cast<double>(bottom_ - top_);
      const std::int64_t count = (page_.width + kBlock - 1) / kBlock * kBlock;
      for (std::int64_t i = 0; i < count; ++i)
        inverses_[i] = static_cast<float>(1.0 / (rows_ * counts_[i]));
    }
    std::int32_t first = 0, first2 = 0;
    for (std::int64_t x = 0; x < side_; ++x) {
      first += sums_[(x & 3) * plane_size_ + (x >> 2)];
      first2 += squares_[(x & 3) * plane_size_ + (x >> 2)];
    }
    sum_ = _mm256_set1_epi32(first);
    square_ = _mm256_set1_epi32(first2);
  }

  // The sums of the next block, x its first column.
  Block next(std::int64_t x) {
    Block block;
    along(sums_ + x / 4, block.S, sum_);
    along(squares_ + x / 4, block.Q, square_);
    return block;
  }

  Seen see(const Block& block, int p, std::int64_t x) const {
    Seen s;
    s.inverse = _mm256_loadu_ps(inverses_ + x + 8 * p);
    s.mean = _mm256_cvtepi32_ps(block.S[p]) * s.inverse;
    const Reals Q = _mm256_cvtepi32_ps(block.Q[p]);
    s.square = Q * s.inverse;
    s.variance = times_minus(Q, s.inverse, s.mean * s.mean);
    return s;
  }

  // Thirty-two bytes of a row of the page's width: as many as there are, then zeros.
  Ints bytes(const std::uint8_t* row, std::int64_t x) const {
    return x + kBlock <= page_.width ? load(row + x) : last_bytes(row, x);
  }

  // Call look(i, sums) in double for the pixels i, i + 1 ... of a block, V::lanes at a time.
  template <class V, class Look>
  void exactly(const Block& block, Ints grey, Ints plane, std::int64_t x, const Look& look) const {
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
    double grey_[kBlock], plane_[kBlock], n[kBlock], sum[kBlock], square[kBlock];
    for (int i = 0; i < kBlock; ++i) {
      const std::int64_t from = placed(i);
      grey_[i] = g[i];
      plane_[i] = h[i];
      n[i] = counts_[x + from] * rows_;
      sum[i] = S[from];
      square[i] = Q[from];
    }
    for (int i = 0; i < kBlock; i += V::lanes) {
      Local<V> w;
      w.grey = W::template load<F>(grey_ + i);
      w.plane = W::template load<F>(plane_ + i);
      w.n = W::template load<F>(n + i);
      w.S = W::template load<F>(sum + i);
      w.Q = W::template load<F>(square + i);
      w.D = w.n * w.Q - w.S * w.S;
      look(i, w);
    }
  }

  double rows() const { return rows_; }
  double count(std::int64_t x) const { return counts_[placed(x)]; }
  static std::int64_t placed(std::int64_t x) {  // of column x of a row: plane by plane in a block
    return x / kBlock * kBlock + (x & 3) * 8 + (x % kBlock) / 4;
  }

 private:
  std::int64_t shifted(std::int64_t columns) const {
    return (columns & 3) * plane_size_ + (columns >> 2);
  }

  [[gnu::noinline]] Ints last_bytes(const std::uint8_t* row, std::int64_t x) const {
    std::uint8_t rest[kBlock] = {};
    __builtin_memcpy(rest, row + x, static_cast<std::size_t>(page_.width - x));
    return load(rest);
  }

  // Add one row to the column sums and take one from them.
  void advance(const std::uint8_t* enters, const std::uint8_t* leaves) {
    for (std::int64_t x = 0; x < page_.width; x += kBlock) {
      Ints a[4], b[4];
      take_apart(bytes(enters, x), a);
      take_apart(bytes(leaves, x), b);
      for (int p = 0; p < 4; ++p) {
        std::int32_t* sums = sums_ + p * plane_size_ + x / 4;
        std::int32_t* squares = squares_ + p * plane_size_ + x / 4;
        const Ints change = _mm256_sub_epi32(a[p], b[p]);
        // a^2 - b^2 = (a - b)(a + b), 16-bit factors: the upper half of a + b is 0
        const Ints change2 = _mm256_madd_epi16(change, _mm256_add_epi32(a[p], b[p]));
        store(sums, _mm256_add_epi32(load(sums), change));
        store(squares, _mm256_add_epi32(load(squares), change2));
      }
    }
  }

  void along(const std::int32_t* columns, Ints (&out)[4], Ints& before) const {
    for (int p = 0; p < 4; ++p)
      out[p] = _mm256_sub_epi32(load(columns + enters_[p]), load(columns + leaves_[p]));
    for (int p = 1; p < 4; ++p) out[p] = _mm256_add_epi32(out[p], out[p - 1]);
    const Ints all = scan(out[3]);
    const Ints start = _mm256_add_epi32(before, _mm256_sub_epi32(all, out[3]));
    before = _mm256_add_epi32(before, _mm256_permutevar8x32_epi32(all, _mm256_set1_epi32(7)));
    for (int p = 0; p < 4; ++p) out[p] = _mm256_add_epi32(out[p], start);
  }

  static Ints scan(Ints v) {
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    const Ints lower = _mm256_permute2x128_si256(v, v, 0x08);  // low half up, zero below
    return _mm256_add_epi32(v, _mm256_shuffle_epi32(lower, 0xff));
  }

  const Page page_;
  const std::int64_t radius_, side_;
  std::int64_t plane_size_, enters_[4], leaves_[4];
  std::int32_t *sums_, *squares_;
  double* counts_;
  float* inverses_;
  std::uint8_t* none_;
  std::int64_t top_ = 0, bottom_ = 0;
  double rows_ = 0;
  Ints sum_, square_;
};

