// One row of the Haar packet, written once; each cell includes this inside its own anonymous
// namespace, after defining across(values, blocks, first, second): values[4 i ..] of block i, summed in
// pairs and those in pairs again, to (sum, difference) of the sums and of the differences.
//
// The packet is separable: bit 2 of band 4 i + j's i and of its j are steps down the rows, bit 1 steps
// across. So the rows are put together first, bytes of all channels side by side.

void one_channel(const std::uint8_t* const rows[4], int blocks, std::int16_t* out,
                 std::size_t stride, std::int16_t* work) {
  const int n = 4 * blocks;
  const std::uint8_t *p = rows[0], *q = rows[1], *r = rows[2], *s = rows[3];
  std::int16_t* const lines[4] = {work, work + n, work + 2 * n, work + 3 * n};
  for (int i = 0; i < n; ++i) {
    const int pq = p[i] + q[i], rs = r[i] + s[i], pm = p[i] - q[i], rm = r[i] - s[i];
    lines[0][i] = static_cast<std::int16_t>(4 * 255 - pq - rs);
    lines[1][i] = static_cast<std::int16_t>(rs - pq);
    lines[2][i] = static_cast<std::int16_t>(-pm - rm);
    lines[3][i] = static_cast<std::int16_t>(rm - pm);
  }
  for (int down = 0; down < 4; ++down) {  // 2 (first level) + second
    std::int16_t* to = out + static_cast<std::size_t>(down / 2 * 4 + down % 2) * stride;
    across(lines[down], blocks, to, to + 2 * stride);
  }
}

// n pixels of three channels, side by side, to three planes.
void part(const std::uint8_t* from, int n, std::uint8_t* __restrict red,
          std::uint8_t* __restrict green, std::uint8_t* __restrict blue) {
  for (int i = 0; i < n; ++i, from += 3) {
    red[i] = from[0];
    green[i] = from[1];
    blue[i] = from[2];
  }
}

void bands(const PageRows& page, std::int16_t* out, std::size_t stride, std::int16_t* work) {
  if (page.channels == 1) return one_channel(page.rows, page.blocks, out, stride, work);
  const int n = 4 * page.blocks;
  auto* const bytes = reinterpret_cast<std::uint8_t*>(work + 4 * n);  // [channel][row][n]
  for (int y = 0; y < 4; ++y)
    part(page.rows[y], n, bytes + y * n, bytes + (4 + y) * n, bytes + (8 + y) * n);
  for (int channel = 0; channel < 3; ++channel) {
    const std::uint8_t* const from = bytes + 4 * channel * n;
    const std::uint8_t* const rows[4] = {from, from + n, from + 2 * n, from + 3 * n};
    one_channel(rows, page.blocks, out + static_cast<std::size_t>(8 * channel) * stride, stride, work);
  }
}
