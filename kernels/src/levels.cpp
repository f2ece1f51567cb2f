#include "levels.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace docbin {

void histogram(const std::uint8_t* gray, std::size_t pixels, std::int64_t* counts) {
  // Paper is one long run of equal levels: in one table every count would wait for the one before.
  constexpr int kTables = 8;
  std::int64_t tables[kTables][256] = {};
  std::size_t i = 0;
  for (; i + kTables <= pixels; i += kTables) {
    std::uint64_t eight;
    std::memcpy(&eight, gray + i, 8);
    for (int t = 0; t < kTables; ++t) ++tables[t][(eight >> (8 * t)) & 255];
  }
  for (; i < pixels; ++i) ++tables[0][gray[i]];
  std::fill(counts, counts + 256, 0);
  for (const auto& table : tables)
    for (int level = 0; level < 256; ++level) counts[level] += table[level];
}

void luma(const std::uint8_t* rgb, std::size_t pixels, std::uint8_t* gray) {
  for (std::size_t i = 0; i < pixels; ++i, rgb += 3)
    gray[i] = static_cast<std::uint8_t>((9798 * rgb[0] + 19235 * rgb[1] + 3735 * rgb[2] + 16384) >> 15);
}

void block_means(const Blocks& blocks, std::uint8_t* means) {
  const int f = blocks.factor, rows = blocks.height / f, columns = blocks.width / f;
  const auto area = static_cast<std::uint32_t>(f) * static_cast<std::uint32_t>(f);
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(columns) * static_cast<std::size_t>(f));
  for (int y = 0; y < rows; ++y) {
    std::fill(sums.begin(), sums.end(), 0u);
    for (int dy = 0; dy < f; ++dy) {
      const std::uint8_t* row = blocks.gray + (static_cast<std::ptrdiff_t>(y) * f + dy) * blocks.stride;
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += row[x];
    }
    const std::uint32_t* sum = sums.data();
    for (int x = 0; x < columns; ++x) {
      std::uint32_t total = area / 2;
      for (int dx = 0; dx < f; ++dx) total += *sum++;
      *means++ = static_cast<std::uint8_t>(total / area);
    }
  }
}

}  // namespace docbin
