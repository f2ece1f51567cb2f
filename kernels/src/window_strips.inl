// The sums of windows of up to kPixels31 pixels in 32-bit integers, thirty-two windows at a time;
// see window_quick.inl, which includes this.
//
// Maths. The sum of a window is that of the window one column to the left plus a step: the column
// that enters less the one that leaves. A step changes from row to row by four pixels: with e the
// row that enters and l the one that leaves, and a = e(x + r), c = l(x + r), b = e(x - r - 1),
// d = l(x - r - 1), those of S and of Q change by
//     (a - c) + (d - b)        (a - c)(a + c) + (d - b)(d + b),
// each one product of 16-bit pairs. So a row reads and writes each step once, and one scan across
// the lanes of the steps gives the sums.
//
// Layout. Pixel 4i + p of a block is lane i of its vector p. Rows that enter and leave are copied
// to where zeros stand on both sides of them.

constexpr std::int64_t kBlock = 32;
constexpr std::int64_t kPixels31 = 33025;     // 65025 * kPixels31 < 2^31

using Ints = __m256i;
using Reals = __m256;

inline Ints load(const void* from) { return _mm256_loadu_si256(static_cast<const Ints*>(from)); }
inline void store(void* to, Ints v) { _mm256_storeu_si256(static_cast<Ints*>(to), v); }
inline Ints swap_halves(Ints v) { return _mm256_permute2x128_si256(v, v, 1); }
inline Ints in_every_lane(Ints v) {  // the sum of all lanes
  v = _mm256_add_epi32(v, swap_halves(v));
  v = _mm256_add_epi32(v, _mm256_shuffle_epi32(v, 0x4e));
  return _mm256_add_epi32(v, _mm256_shuffle_epi32(v, 0xb1));
}

// A number for each pixel of a block, for S and for Q.
struct Block {
  Ints S[4], Q[4];
};

class Strips {
 public:
  static constexpr int kChunk = 8;  // blocks summed at once

  Strips(const Page& page, std::int64_t radius, std::int64_t y0, unsigned char* scratch)
      : page_(page),
        radius_(radius),
        side_(radius < page.width ? radius : page.width - 1),
        blocks_((page.width + kBlock - 1) / kBlock),
        stride_(kBlock * blocks_ + 2 * side_ + 2 * kBlock) {
    const auto at = (reinterpret_cast<std::uintptr_t>(scratch) + 63) & ~std::uintptr_t{63};
    steps_ = reinterpret_cast<Block*>(at);
    counts_ = reinterpret_cast<double*>(steps_ + blocks_);
    inverses_ = reinterpret_cast<float*>(counts_ + kBlock * blocks_);
    auto* rows = reinterpret_cast<std::uint8_t*>(inverses_ + kBlock * blocks_);
    __builtin_memset(rows, 0, static_cast<std::size_t>(3 * stride_));
    none_ = rows + side_ + kBlock;
    copies_[0] = none_ + stride_;
    copies_[1] = copies_[0] + stride_;
    __builtin_memset(at_steps(), 0, sizeof(Block) * static_cast<std::size_t>(blocks_));
    const std::int64_t w = page.width;
    for (std::int64_t x = 0; x < kBlock * blocks_; ++x) {
      const std::int64_t here = x < w ? x : w - 1;
      const std::int64_t left = here > radius_ ? here - radius_ : 0;
      const std::int64_t right = here + radius_ < w ? here + radius_ + 1 : w;
      counts_[placed(x)] = static_cast<double>(right - left);
    }
    top_ = y0 > radius_ ? y0 - radius_ : 0;
    bottom_ = top_;
    const std::int64_t last = y0 + radius_ < page.height ? y0 + radius_ : page.height;
    while (bottom_ < last) {
      turn(page.gray + bottom_++ * w, nullptr);
      for (std::int64_t x = 0; x < w; x += kBlock) step<true>(x);
    }
  }

  // Move to row y; rows are asked for in order.
  void row(std::int64_t y) {
    const std::uint8_t* enters = nullptr;
    const std::uint8_t* leaves = nullptr;
    if (y + radius_ < page_.height) enters = page_.gray + bottom_++ * page_.width;
    if (y - radius_ > top_) leaves = page_.gray + top_++ * page_.width;
    turn(enters, leaves);
    fetch(bottom_);
    fetch(top_);
    fetch(y + 1);
    if (rows_ != static_cast<double>(bottom_ - top_)) {
      rows_ = static_cast<double>(bottom_ - top_);
      invert();
    }
    sum_ = in_every_lane(first_);
    square_ = in_every_lane(first2_);
  }

  // The sums of the next `count` blocks, x their first column; in order, each once a row.
  template <bool kSquares>
  void next(std::int64_t x, int count, Block* out) {
    Ints sum = sum_, square = square_;
    for (int i = 0; i < count; ++i) {
      const Block steps = step<kSquares>(x + kBlock * i);
      along(steps.S, out[i].S, sum);
      if constexpr (kSquares) along(steps.Q, out[i].Q, square);
    }
    sum_ = sum;
    square_ = square;
  }

  // Thirty-two bytes of a row of the page's width: as many as there are, then zeros.
  Ints bytes(const std::uint8_t* row, std::int64_t x) const {
    return x + kBlock <= page_.width ? load(row + x) : last_bytes(row, x);
  }

  double rows() const { return rows_; }
  double count(std::int64_t x) const { return counts_[placed(x)]; }
  const double* counts() const { return counts_; }
  const float* inverses() const { return inverses_; }
  static std::int64_t placed(std::int64_t x) {  // of column x of a row: plane by plane in a block
    return x / kBlock * kBlock + (x & 3) * 8 + (x % kBlock) / 4;
  }

 private:
  void* at_steps() { return steps_; }

  [[gnu::noinline]] Ints last_bytes(const std::uint8_t* row, std::int64_t x) const {
    std::uint8_t rest[kBlock] = {};
    __builtin_memcpy(rest, row + x, static_cast<std::size_t>(page_.width - x));
    return load(rest);
  }

  // Take the row that enters and the one that leaves, null for none, and the window left of the
  // page, its columns 0..side-1, along with them.
  void turn(const std::uint8_t* enters, const std::uint8_t* leaves) {
    enters_ = padded(enters, copies_[0]);
    leaves_ = padded(leaves, copies_[1]);
    const Ints one = _mm256_set1_epi16(1);
    for (std::int64_t x = side_; x > 0; x -= 16) {  // zeros stand left of column 0
      const Ints a = sixteen(enters_ + x - 16), c = sixteen(leaves_ + x - 16);
      const Ints change = _mm256_sub_epi16(a, c);
      first_ = _mm256_add_epi32(first_, _mm256_madd_epi16(change, one));
      first2_ = _mm256_add_epi32(first2_, _mm256_madd_epi16(change, _mm256_add_epi16(a, c)));
    }
  }

  // 1 / n of every column; between the edges it is the same.
  void invert() {
    const std::int64_t from = (radius_ + kBlock - 1) / kBlock * kBlock, width = kBlock * blocks_;
    const std::int64_t room = page_.width > radius_ ? page_.width - radius_ : 0;
    const std::int64_t to = room / kBlock * kBlock > from ? room / kBlock * kBlock : from;
    const auto divide = [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i)
        inverses_[i] = static_cast<float>(1.0 / (rows_ * counts_[i]));
    };
    divide(0, from < width ? from : width);
    divide(to, width);
    const auto inside = static_cast<float>(1.0 / (rows_ * static_cast<double>(2 * radius_ + 1)));
    for (std::int64_t i = from; i < to; ++i) inverses_[i] = inside;
  }

  // Ask for a row that will be read next.
  void fetch(std::int64_t y) const {
    if (y >= page_.height) return;
    const auto* row = reinterpret_cast<const char*>(page_.gray + y * page_.width);
    for (std::int64_t x = 0; x < page_.width; x += 64) _mm_prefetch(row + x, _MM_HINT_T0);
  }

  const std::uint8_t* padded(const std::uint8_t* row, std::uint8_t* copy) const {
    if (row == nullptr) return none_;
    __builtin_memcpy(copy, row, static_cast<std::size_t>(page_.width));
    return copy;
  }

  static Ints sixteen(const std::uint8_t* from) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }

  // Bytes 4i + p of a half, for its four i, plane by plane.
  static Ints planes(const std::uint8_t* from) {
    const Ints order = _mm256_setr_epi64x(0x0d0905010c080400, 0x0f0b07030e0a0602,
                                          0x0d0905010c080400, 0x0f0b07030e0a0602);
    return _mm256_shuffle_epi8(load(from), order);
  }

  // Change the steps of a block by the rows taken, and return them.
  template <bool kSquares>
  Block step(std::int64_t x) {
    const Ints a = planes(enters_ + x + side_), c = planes(leaves_ + x + side_);
    const Ints b = planes(enters_ + x - side_ - 1), d = planes(leaves_ + x - side_ - 1);
    const Ints ac[] = {_mm256_unpacklo_epi8(a, c), _mm256_unpackhi_epi8(a, c)};
    const Ints db[] = {_mm256_unpacklo_epi8(d, b), _mm256_unpackhi_epi8(d, b)};
    const Ints less = _mm256_set1_epi16(-255), plus = _mm256_set1_epi8(1);  // bytes 1, -1
    const Ints one = _mm256_set1_epi16(1);
    Block& steps = steps_[x / kBlock];
    Block out;
    for (int p = 0; p < 4; ++p) {
      const Ints four = p % 2 == 0 ? _mm256_unpacklo_epi16(ac[p / 2], db[p / 2])
                                   : _mm256_unpackhi_epi16(ac[p / 2], db[p / 2]);
      const Ints change = _mm256_maddubs_epi16(four, less);
      out.S[p] = _mm256_add_epi32(load(&steps.S[p]), _mm256_madd_epi16(change, one));
      store(&steps.S[p], out.S[p]);
      if constexpr (kSquares) {
        const Ints both = _mm256_maddubs_epi16(four, plus);
        out.Q[p] = _mm256_add_epi32(load(&steps.Q[p]), _mm256_madd_epi16(change, both));
        store(&steps.Q[p], out.Q[p]);
      }
    }
    return out;
  }

  // Sums from steps; `before` is the sum one column before the block, in every lane.
  static void along(const Ints (&steps)[4], Ints (&out)[4], Ints& before) {
    const Ints two = _mm256_add_epi32(steps[0], steps[1]);
    const Ints more = _mm256_add_epi32(steps[2], steps[3]);
    const Ints four = _mm256_add_epi32(two, more);
    Ints v = _mm256_add_epi32(four, _mm256_slli_si256(four, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    const Ints half = _mm256_shuffle_epi32(v, 0xff), other = swap_halves(half);
    const Ints lower = _mm256_blend_epi32(_mm256_setzero_si256(), other, 0xf0);
    const Ints start = _mm256_add_epi32(_mm256_sub_epi32(v, four), _mm256_add_epi32(before, lower));
    before = _mm256_add_epi32(before, _mm256_add_epi32(half, other));
    out[0] = _mm256_add_epi32(start, steps[0]);
    out[1] = _mm256_add_epi32(start, two);
    out[2] = _mm256_add_epi32(out[1], steps[2]);
    out[3] = _mm256_add_epi32(out[1], more);
  }

  const Page page_;
  const std::int64_t radius_, side_, blocks_, stride_;
  Block* steps_;
  double* counts_;
  float* inverses_;
  std::uint8_t *none_, *copies_[2];
  const std::uint8_t *enters_ = nullptr, *leaves_ = nullptr;
  std::int64_t top_ = 0, bottom_ = 0;
  double rows_ = 0;
  Ints first_ = _mm256_setzero_si256(), first2_ = first_;  // of the window left of the page
  Ints sum_ = first_, square_ = first_;
};
