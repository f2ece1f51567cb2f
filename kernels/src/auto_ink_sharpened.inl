// sharpened of auto_ink.hpp; what is said in local_sums.inl, which is included before, holds here.

// A row of sums down the columns, mirrored by `reach` pixels at both ends.
inline void mirror_ends(Index w, Index reach, std::int32_t* row) {
  for (Index x = 1; x <= reach; ++x) {
    row[-x] = row[mirrored(-x, w)];
    row[w - 1 + x] = row[mirrored(w - 1 + x, w)];
  }
}

void sharpened_pass(const Plane& page, Byte* out, std::int32_t* scratch) {
  const Index h = page.height, w = page.width;
  std::int32_t* const __restrict three = scratch + 3;
  std::int32_t* const __restrict seven = three + w + 6;
  std::int32_t* const __restrict sharp = seven + w + 3;
  for (Index x = 0; x < w; ++x) three[x] = seven[x] = 0;
  const auto move = [&](std::int32_t* sums) {
    return [&page, w, sums](Index in, Index gone) {
      std::int32_t* __restrict to = sums;
      const Byte* __restrict g = page.gray + in * w;
      if (gone < 0) {
        for (Index x = 0; x < w; ++x) to[x] += g[x];
      } else {
        const Byte* __restrict f = page.gray + gone * w;
        for (Index x = 0; x < w; ++x) to[x] += g[x] - f[x];
      }
    };
  };
  for (Index y = 0; y < h; ++y) {
    go_down(h, 3, y, move(three));
    go_down(h, 7, y, move(seven));
    mirror_ends(w, 1, three);
    mirror_ends(w, 3, seven);
    const Byte* __restrict g = page.gray + y * w;
    for (Index x = 0; x < w; ++x) {
      const std::int32_t S3 = three[x - 1] + three[x] + three[x + 1];
      const std::int32_t S7 = seven[x - 3] + seven[x - 2] + seven[x - 1] + seven[x] +
                              seven[x + 1] + seven[x + 2] + seven[x + 3];
      const std::int32_t s = (kOwn * g[x] + kThree * S3 - kSeven * S7 + 512) >> 10;
      sharp[x] = s < 0 ? 0 : s > 255 ? 255 : s;
    }
    Byte* __restrict to = out + y * w;
    for (Index x = 0; x < w; ++x) to[x] = static_cast<Byte>(sharp[x]);
  }
}
