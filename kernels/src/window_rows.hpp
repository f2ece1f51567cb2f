// Thresholds, moments and the largest variance row by row, from the sums of window_sums.hpp.
//
// Included by every window_TARGET.cpp, and written against a policy V that lives in that file's
// unnamed namespace, so that each instantiation stays in its own object file. Nothing here may be a
// plain inline function or use the standard library's templates: the linker would merge the copies
// of differently compiled files. V offers:
//   lanes            doubles in a vector; F, U: vectors of that many double and uint64
//   grey(p)          lanes uint8 to F
//   small(hi, lo)    lanes of uint32 differences below 2^31 to F; wide32(hi, lo): below 2^32
//   le, lt(a, b)     lanes as the low bits of an unsigned
//   root(f)          square root
//   advance(...)     as that of Sums, for as many columns as fit whole vectors; how many it did
//   spread(bits, p)  eight bits, lowest first, to eight bytes of 0 or 1
#pragma once

#include "window_sums.hpp"

namespace docbin::window {

// Eight bits a byte, lowest first, to a row of ink.
template <class V>
void finish(const std::uint8_t* bits, std::int64_t width, std::int64_t y, const Ink& ink) {
  std::uint8_t* out = ink.data + y * ink.stride;
  if (ink.packed) {
    for (std::int64_t i = 0; i < ink.stride; ++i) {
      std::uint8_t b = bits[i];
      if (8 * i + 8 > width) b &= static_cast<std::uint8_t>((1u << (width - 8 * i)) - 1);
      b = static_cast<std::uint8_t>((b & 0xf0) >> 4 | (b & 0x0f) << 4);
      b = static_cast<std::uint8_t>((b & 0xcc) >> 2 | (b & 0x33) << 2);
      out[i] = static_cast<std::uint8_t>((b & 0xaa) >> 1 | (b & 0x55) << 1);
    }
    return;
  }
  std::int64_t x = 0;
  for (; x + 8 <= width; x += 8) V::spread(bits[x / 8], out + x);
  for (; x < width; ++x) out[x] = bits[x / 8] >> (x % 8) & 1;
}

template <class V, class Held, class Decide>
void decide_rows(const Page& page, std::int64_t radius, const Decide& decide,
                 const std::uint8_t* plane, const Ink& ink, std::int64_t y0, std::int64_t y1,
                 unsigned char* scratch) {
  Sums<V, Held> sums(page, radius, y0, scratch);
  for (std::int64_t y = y0; y < y1; ++y) {
    sums.row(y);
    if (plane != nullptr) sums.plane_row(plane + y * page.width);
    std::uint8_t* bits = sums.bits();
    for (std::int64_t x = 0; x < page.width; x += 8) {
      unsigned byte = 0;
      for (int i = 0; i < 8; i += V::lanes) byte |= decide(sums.at(x + i)) << i;
      bits[x / 8] = static_cast<std::uint8_t>(byte);
    }
    finish<V>(bits, page.width, y, ink);
  }
}

template <class V, class Held>
void threshold_rows(const Page& page, std::int64_t radius, const Rule& rule, const Ink& ink,
                    std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  auto run = [&](const auto& decide) {
    decide_rows<V, Held>(page, radius, decide, rule.plane, ink, y0, y1, scratch);
  };
  switch (rule.formula) {
    case Formula::niblack: return run(Niblack<V>(rule.p));
    case Formula::sauvola: return run(Sauvola<V>(rule.p));
    case Formula::wolf: return run(Wolf<V>(rule.p));
    case Formula::nick: return run(Nick<V>(rule.p));
    case Formula::phansalkar: return run(Phansalkar<V>(rule.p));
    case Formula::singh: return run(Singh<V>(rule.p));
    case Formula::bradley: return run(Bradley<V>(rule.p));
    case Formula::wan: return run(Wan<V>(rule.p));
  }
}

template <class V, class Held>
void moments_rows(const Page& page, std::int64_t radius, float* mean, float* deviation,
                  std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  Sums<V, Held> sums(page, radius, y0, scratch);
  for (std::int64_t y = y0; y < y1; ++y) {
    sums.row(y);
    for (std::int64_t x = 0; x < page.width; x += V::lanes) {
      const Local<V> w = sums.at(x);
      const typename V::F m = w.S / w.n;
      const typename V::F s = V::root(w.D) / w.n;
      for (int i = 0; i < V::lanes && x + i < page.width; ++i) {
        mean[y * page.width + x + i] = static_cast<float>(m[i]);
        deviation[y * page.width + x + i] = static_cast<float>(s[i]);
      }
    }
  }
}

// max of D / n^2, as (D (1 / rows^2)) (1 / columns^2).
template <class V, class Held>
double max_variance_rows(const Page& page, std::int64_t radius, std::int64_t y0, std::int64_t y1,
                         unsigned char* scratch) {
  using F = typename V::F;
  Sums<V, Held> sums(page, radius, y0, scratch);
  double largest = 0;
  const std::int64_t body = page.width / V::lanes * V::lanes;
  for (std::int64_t y = y0; y < y1; ++y) {
    sums.row(y);
    const double down = 1.0 / (sums.rows() * sums.rows());
    auto variance = [&](std::int64_t x) {
      const F across = Wide<V>::template load<F>(sums.counts() + x);
      return (sums.at(x).D * down) / (across * across);
    };
    F best = F{};
    for (std::int64_t x = 0; x < body; x += V::lanes) {
      const F v = variance(x);
      best = v > best ? v : best;
    }
    for (int i = 0; i < V::lanes; ++i) largest = best[i] > largest ? best[i] : largest;
    if (body < page.width) {
      const F v = variance(body);
      for (int i = 0; i < page.width - body; ++i) largest = v[i] > largest ? v[i] : largest;
    }
  }
  return largest;
}

// Call with the narrowest holding that is exact for this page and radius: see the bounds in
// window.hpp.
template <class V, class Call>
auto held(const Page& page, std::int64_t radius, const Call& call) {
  const std::int64_t side = 2 * radius + 1;
  const std::int64_t rows = side < page.height ? side : page.height;
  const std::int64_t columns = side < page.width ? side : page.width;
  if (rows * columns <= kPixels32) return call(Narrow{});
  if (rows <= kRows32 && rows * columns <= kPixels64) return call(Broad{});
  return call(Vast{});
}

template <class V>
void threshold_on(const Page& page, std::int64_t radius, const Rule& rule, const Ink& ink,
                  std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  held<V>(page, radius, [&](auto holding) {
    threshold_rows<V, decltype(holding)>(page, radius, rule, ink, y0, y1, scratch);
  });
}

template <class V>
void moments_on(const Page& page, std::int64_t radius, float* mean, float* deviation,
                std::int64_t y0, std::int64_t y1, unsigned char* scratch) {
  held<V>(page, radius, [&](auto holding) {
    moments_rows<V, decltype(holding)>(page, radius, mean, deviation, y0, y1, scratch);
  });
}

template <class V>
double max_variance_on(const Page& page, std::int64_t radius, std::int64_t y0, std::int64_t y1,
                       unsigned char* scratch) {
  return held<V>(page, radius, [&](auto holding) {
    return max_variance_rows<V, decltype(holding)>(page, radius, y0, y1, scratch);
  });
}

}  // namespace docbin::window
