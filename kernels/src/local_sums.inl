// Sums over square windows, row by row, in plain C++ that compilers turn into vectors: each cell
// includes this in an unnamed namespace and compiles it with its own flags. Nothing from the standard
// library here: an inline function compiled for one target must not serve another.

using Index = std::int64_t;
using Byte = std::uint8_t;

inline Index mirrored(Index i, Index n) {
  if (n == 1) return 0;
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * n - 2 - i;
  return i;
}

// One quantity in one window: its sums down the columns, and the sums along the row of these.
// along[x + side] - along[x] is the window's sum around column x.
template <class Down, class Along>
struct Sums {
  Down* down;
  Along* along;
  Index side;
  bool clipped;  // beyond the page's end there is nothing; else the page again, mirrored

  // Carves what it needs from scratch, and moves that on.
  Sums(Index w, Index wanted, double*& scratch, bool clip = false) : side(wanted), clipped(clip) {
    along = reinterpret_cast<Along*>(scratch);
    down = reinterpret_cast<Down*>(scratch + w + side + 1);
    for (Index x = 0; x < w; ++x) down[x] = 0;
    scratch += 2 * w + side + 1;
  }

  Along before_row(Index w) {
    Along sum = 0, *out = along;
    *out = 0;
    for (Index x = -(side / 2); x < 0; ++x)
      *++out = sum += clipped ? Down{0} : down[mirrored(x, w)];
    return sum;
  }
  void after_row(Index w, Along sum) {
    Along* out = along + side / 2 + w;
    for (Index x = w; x < w + side / 2; ++x)
      *++out = sum += clipped ? Down{0} : down[mirrored(x, w)];
  }
};

// The sums along the row of four quantities at once: each waits for its own sum only.
template <class A, class B, class C, class D>
void add_along(Index w, A& a, B& b, C& c, D& d) {
  auto sum_a = a.before_row(w);
  auto sum_b = b.before_row(w);
  auto sum_c = c.before_row(w);
  auto sum_d = d.before_row(w);
  auto* __restrict to_a = a.along + a.side / 2 + 1;
  auto* __restrict to_b = b.along + b.side / 2 + 1;
  auto* __restrict to_c = c.along + c.side / 2 + 1;
  auto* __restrict to_d = d.along + d.side / 2 + 1;
  for (Index x = 0; x < w; ++x) {
    to_a[x] = sum_a += a.down[x];
    to_b[x] = sum_b += b.down[x];
    to_c[x] = sum_c += c.down[x];
    to_d[x] = sum_d += d.down[x];
  }
  a.after_row(w, sum_a);
  b.after_row(w, sum_b);
  c.after_row(w, sum_c);
  d.after_row(w, sum_d);
}

// Calls move(in, out) so that what it adds of row `in` and takes of row `out`, or only adds where
// `out` is -1, makes the sums down the columns of the window around row y.
template <class Move>
void go_down(Index h, Index side, Index y, const Move& move) {
  const Index r = side / 2;
  if (y == 0)
    for (Index i = -r; i < r; ++i) move(mirrored(i, h), Index{-1});
  move(mirrored(y + r, h), y == 0 ? Index{-1} : mirrored(y - r - 1, h));
}
