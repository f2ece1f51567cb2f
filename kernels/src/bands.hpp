// One row of the 2-level Haar packet of an inverted page, as the convolution reads it.
//
// A 4x4 block of v = 255 - pixel gives 16 bands; band 4 i + j is step j of the second level on band
// i of the first: a = p+q+r+s, b = p-q+r-s, c = p+q-r-s, d = p-q-r+s. |band| <= 4080. Beyond the
// page's right and bottom its last column and row are repeated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "network.hpp"

namespace docbin::network {

// out: [pairs][stride] int16, pixel i of pair p at [p][2 (i + 1)]; `first`: page column of pixel 0.
inline void haar_row(const Page& page, long row, long first, int width, std::int16_t* out,
                     std::size_t stride, std::vector<std::int16_t>& work) {
  const auto w = static_cast<std::size_t>(width);
  work.resize(32 * w);
  std::int16_t* const v = work.data();  // [dy][dx][i]
  std::int16_t* const f = v + 16 * w;   // [band of level 1][block of 2x2: ty, tx][i]
  const long c = page.channels;
  for (long channel = 0; channel < c; ++channel) {
    for (long dy = 0; dy < 4; ++dy) {
      const long y = std::min<long>(4 * row + dy, page.height - 1);
      const std::uint8_t* line = page.pixels + y * page.width * c + channel;
      const long whole = std::clamp<long>((page.width - first) / 4, 0, width);
      for (long dx = 0; dx < 4; ++dx) {
        std::int16_t* to = v + (static_cast<std::size_t>(4 * dy + dx)) * w;
        const std::uint8_t* from = line + (first + dx) * c;
        for (long i = 0; i < whole; ++i) to[i] = static_cast<std::int16_t>(255 - from[4 * i * c]);
        for (long i = whole; i < width; ++i)
          to[i] = static_cast<std::int16_t>(
              255 - line[std::min<long>(first + 4 * i + dx, page.width - 1) * c]);
      }
    }
    for (std::size_t t = 0; t < 4; ++t) {
      const std::size_t at = (t / 2) * 8 + (t % 2) * 2;
      const std::int16_t *p = v + at * w, *q = p + w, *r = p + 4 * w, *s = r + w;
      std::int16_t *a = f + t * w, *b = a + 4 * w, *e = b + 4 * w, *d = e + 4 * w;
      for (std::size_t i = 0; i < w; ++i) {
        const int pq = p[i] + q[i], rs = r[i] + s[i], pm = p[i] - q[i], rm = r[i] - s[i];
        a[i] = static_cast<std::int16_t>(pq + rs);
        b[i] = static_cast<std::int16_t>(pm + rm);
        e[i] = static_cast<std::int16_t>(pq - rs);
        d[i] = static_cast<std::int16_t>(pm - rm);
      }
    }
    for (std::size_t band = 0; band < 4; ++band) {
      const std::int16_t *p = f + band * 4 * w, *q = p + w, *r = q + w, *s = r + w;
      std::int16_t* ab = out + static_cast<std::size_t>(8 * channel + 2 * static_cast<long>(band)) * stride + 2;
      std::int16_t* ed = ab + stride;
      for (std::size_t i = 0; i < w; ++i) {
        const int pq = p[i] + q[i], rs = r[i] + s[i], pm = p[i] - q[i], rm = r[i] - s[i];
        ab[2 * i] = static_cast<std::int16_t>(pq + rs);
        ab[2 * i + 1] = static_cast<std::int16_t>(pm + rm);
        ed[2 * i] = static_cast<std::int16_t>(pq - rs);
        ed[2 * i + 1] = static_cast<std::int16_t>(pm - rm);
      }
    }
  }
}

}  // namespace docbin::network
