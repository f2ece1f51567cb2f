// The real-valued ends of a network in a region: from the page to the first stream, from the last
// stream to logits. Rows go two at a time, by Winograd where the numbers allow it: see dense.hpp.
#include <algorithm>
#include <cstring>

#include "region.hpp"

namespace docbin::network {
namespace {

constexpr std::size_t kPast = 80;  // pixels a dense row may be read or written past its width

}  // namespace

void Region::start_lines(Lines& lines, int inputs, long width, long first) {
  const auto pairs = static_cast<std::size_t>((inputs + 1) / 2);
  lines.stride = 2 * (static_cast<std::size_t>(width) + kPast);
  lines.size = pairs * lines.stride;
  lines.memory.assign(kLines * lines.size, 0);
  lines.ready = std::max(0L, first - 1);
}

// out[(2 o + row) * out_stride + i], rows r and r + 1 (the second of no use where the map ends).
void Region::convolve_lines(const dense::Convolution& direct, const dense::Winograd& winograd,
                            const Lines& lines, long r, const Grid& g, std::size_t out_stride,
                            Desk& desk) {
  const std::int16_t* rows[4];
  bool narrow = winograd.usable();
  for (long dy = 0; dy < 4; ++dy) {
    const long y = r - 1 + dy;
    const bool inside = y >= 0 && y < lines.ready;
    rows[dy] = inside ? lines.row(y) : nullptr;
    narrow = narrow && (!inside || !lines.wide[y % kLines]);
  }
  const int width = static_cast<int>(g.width);
  std::int16_t* const out = desk.wide_row.data();
  if (narrow) {
    ends_.convolve_two(winograd, rows, lines.stride, width, out, out_stride, desk.scratch);
    return;
  }
  ends_.convolve(direct, rows, lines.stride, width, out, 2 * out_stride);
  if (r + 1 < g.height)
    ends_.convolve(direct, rows + 1, lines.stride, width, out + out_stride, 2 * out_stride);
}

// Four rows of the page from its column wide_.low on: where it ends, its last column and row go on.
dense::PageRows Region::page_rows(long row, long width, Desk& desk) {
  const long c = page_.channels, size = 4 * width, here = std::min(size, page_.width - wide_.low);
  dense::PageRows rows{{}, page_.channels, static_cast<int>(width)};
  for (long dy = 0; dy < 4; ++dy) {
    const long y = std::min<long>(4 * row + dy, page_.height - 1);
    const std::uint8_t* from = page_.pixels + (y * page_.width + wide_.low) * c;
    if (here < size) {
      desk.padded.resize(static_cast<std::size_t>(4 * size * c));
      std::uint8_t* const to = desk.padded.data() + dy * size * c;
      std::memcpy(to, from, static_cast<std::size_t>(here * c));
      for (long x = here * c; x < size * c; ++x) to[x] = to[x - c];
      from = to;
    }
    rows.rows[dy] = from;
  }
  return rows;
}

void Region::run_stem(int i, Step step, Desk& desk) {
  const Node& node = network_.node(i);
  const Grid& g = grid(i);
  const int bits = network_.bits();
  const bool gray = page_.channels == 1 && !node.gray_weight.empty();
  const int inputs = gray ? 16 : node.inputs, pairs = inputs / 2;
  if (bands_.memory.empty()) start_lines(bands_, inputs, g.width, step.from);
  desk.work.resize(40 * static_cast<std::size_t>(g.width) + 64);
  const std::size_t out_stride = static_cast<std::size_t>(g.pitch) + kPast + 64;
  const std::size_t words = static_cast<std::size_t>(g.pitch + 63) / 64;
  desk.words.resize(static_cast<std::size_t>(bits) * words);
  desk.wide_row.resize(2 * static_cast<std::size_t>(node.channels) * out_stride);
  const auto& weight = gray ? node.gray_weight : node.weight;
  const dense::Convolution direct{inputs,           node.channels,     weight.data(),
                                  node.bias.data(), node.shift.data(), node.limit};
  for (long r = step.from; r < step.to; r += 2) {
    for (; bands_.ready <= r + 2 && bands_.ready < g.height; ++bands_.ready) {
      std::int16_t* const to = bands_.row(bands_.ready);
      ends_.bands(page_rows(bands_.ready, g.width, desk), to + 2, bands_.stride, desk.work.data());
      for (int copy = 8 * page_.channels; copy < pairs; copy += 8)  // channels that are equal
        std::memcpy(to + static_cast<std::size_t>(copy) * bands_.stride, to,
                    8 * bands_.stride * sizeof *to);
      for (int p = 0; p < pairs; ++p)
        bands_.end(bands_.ready, p, g.width);
    }
    convolve_lines(direct, gray ? node.gray_winograd : node.winograd, bands_, r, g, out_stride, desk);
    for (int c = 0; c < node.channels; ++c)
      for (long y = r; y < std::min(r + 2, step.to); ++y) {
        const std::int16_t* values = desk.wide_row.data() + static_cast<std::size_t>(2 * c + y - r) * out_stride;
        // By way of a row: four bytes at a time into the block's many lines would wait for each.
        ends_.slice(values, static_cast<int>(words * 8), bits, bytes_of(desk.words.data()), words * 8);
        store_row(i, c, y, desk.words.data(), words);
      }
  }
}

// Two channels of a row of the last stream, as numbers.
void Region::load_pair(int i, int pair, long row) {
  const Grid& g = grid(i);
  const int bits = network_.bits(), first = 2 * pair;
  const bool odd = first + 1 == network_.node(i).channels;
  const auto size = static_cast<std::ptrdiff_t>(bits) * xnor::kBytes;
  static const std::uint8_t none[16 * xnor::kBytes + 8] = {};  // what an odd last channel goes with
  std::int16_t* const to = last_.row(row) + static_cast<std::size_t>(pair) * last_.stride + 2;
  unsigned differ = 0;  // narrow: every plane from that of kNarrow on is the sign's
  each_piece(i, row, [&](const std::uint8_t* block, long in, long done, long piece) {
    const std::uint8_t* const a = block + first * size + in;
    const std::uint8_t* const b = odd ? none : a + size;
    ends_.unslice(a, b, xnor::kBytes, static_cast<int>(piece), bits, to + 16 * done);
    for (const std::uint8_t* planes : {a, b})
      for (int j = 13; j + 1 < bits; ++j)
        for (long x = 0; x < piece; ++x)
          differ |= planes[j * xnor::kBytes + x] ^ planes[(bits - 1) * xnor::kBytes + x];
  });
  bool& wide = last_.wide[row % kLines];
  wide = (pair > 0 && wide) || differ != 0;
  last_.end(row, pair, g.width);
}

void Region::run_head(int i, Step step, Desk& desk) {
  const Node& node = network_.node(i);
  const Grid& g = grid(node.input);
  if (last_.memory.empty()) start_lines(last_, node.inputs, g.pitch, step.from);
  const std::size_t out_stride = static_cast<std::size_t>(g.width) + kPast;
  desk.wide_row.resize(2 * 16 * out_stride);
  const dense::Convolution direct{node.inputs,      node.channels,     node.weight.data(),
                                  node.bias.data(), node.shift.data(), node.limit};
  for (long r = step.from; r < step.to; r += 2) {
    for (; last_.ready <= r + 2 && last_.ready < std::min(g.height, rows_ready(node.input)); ++last_.ready)
      for (int pair = 0; pair < (node.inputs + 1) / 2; ++pair)
        load_pair(node.input, pair, last_.ready);
    convolve_lines(direct, node.winograd, last_, r, g, out_stride, desk);
    for (long y = r; y < std::min(r + 2, step.to); ++y)
      shuffle_row(y, desk.wide_row.data() + (y - r) * static_cast<long>(out_stride), 2 * out_stride);
  }
}

// The head's 16 channels of map row r, at from[channel * stride], to four rows of logits.
void Region::shuffle_row(long r, const std::int16_t* from, std::size_t stride) {
  const long end = std::min<long>(columns_.high, page_.width);
  for (long dy = 0; dy < 4; ++dy) {
    const long y = 4 * r + dy;
    if (y < rows_.low || y >= std::min<long>(rows_.high, page_.height)) continue;
    std::int16_t* __restrict out = logits_ + y * page_.width + columns_.low;
    const std::int16_t* const a = from + static_cast<std::size_t>(4 * dy) * stride +
                                  (columns_.low - wide_.low) / 4;
    const std::int16_t *const b = a + stride, *const c = b + stride, *const d = c + stride;
    const auto most = [](std::int16_t x) { return std::min<std::int16_t>(x, 2047); };
    const long whole = (end - columns_.low) / 4;
    for (long x = 0; x < whole; ++x) {
      out[4 * x] = most(a[x]);
      out[4 * x + 1] = most(b[x]);
      out[4 * x + 2] = most(c[x]);
      out[4 * x + 3] = most(d[x]);
    }
    for (long x = 4 * whole; x < end - columns_.low; ++x)
      out[x] = most(a[static_cast<std::size_t>(x % 4) * stride + static_cast<std::size_t>(whole)]);
  }
}

}  // namespace docbin::network
