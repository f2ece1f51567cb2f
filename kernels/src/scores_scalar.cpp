#include "scores.hpp"

#include <cstring>

#include "bitplane.hpp"

namespace docbin {
namespace {

using Word = std::uint64_t;

// Word of a row shifted so that bit x holds column x + dx.
Word shifted(const Word* p, int dx) {
  if (dx == 0) return p[0];
  return dx > 0 ? p[0] >> dx | p[1] << (64 - dx) : p[0] << -dx | p[-1] >> (64 + dx);
}

int distance_class(int squared) {
  switch (squared) {
    case 1: return 0;
    case 2: return 1;
    case 4: return 2;
    case 5: return 3;
    default: return 4;
  }
}

// How many of a row's five neighbours, given as bits, fall into each class, 12 bits a class: rows at
// a distance of 0, 1 and 2.
struct RowCounts {
  Word of[3][32] = {};
  constexpr RowCounts() {
    constexpr int classes[3][5] = {{2, 0, -1, 0, 2}, {3, 1, 0, 1, 3}, {4, 3, 2, 3, 4}};
    for (int dy = 0; dy < 3; ++dy)
      for (int bits = 0; bits < 32; ++bits)
        for (int i = 0; i < 5; ++i)
          if ((bits >> i & 1) != 0 && classes[dy][i] >= 0)
            of[dy][bits] += Word{1} << 12 * classes[dy][i];
  }
};
constexpr RowCounts kRowCounts;
constexpr int kFew = 16;  // flipped pixels of a word, below which they are looked at one by one

bool has_few(Word flipped) {
  for (int i = 0; i < kFew && flipped != 0; ++i) flipped &= flipped - 1;
  return flipped == 0;
}

// What the flipped pixel (y, x) adds, 12 bits a class.
Word counts_at(const BitPlane& truth, int y, int x) {
  Word columns = 31;
  for (int i = 0; i < 5; ++i)
    if (x + i - 2 < 0 || x + i - 2 >= truth.width()) columns &= ~(Word{1} << i);
  const Word middle = truth.test(y, x) ? 0 : 31;
  Word counts = 0;
  for (int dy = -2; dy <= 2; ++dy) {
    if (y + dy < 0 || y + dy >= truth.height()) continue;
    const Word* word = truth.row(y + dy) + ((x + 62) >> 6) - 1;  // of column x - 2
    const int low = (x + 62) & 63;
    const Word five = word[0] >> low | word[1] << 1 << (63 - low);
    counts += kRowCounts.of[dy < 0 ? -dy : dy][(five ^ middle) & columns];
  }
  return counts;
}

// Calls visit(i) for every byte that is 1, in order, passing over eight that are 0 at once.
template <typename Visit>
void for_each_set(const std::uint8_t* bytes, std::size_t count, Visit&& visit) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    Word eight;
    std::memcpy(&eight, bytes + i, 8);
    if (eight == 0) continue;
    for (std::size_t k = i; k < i + 8; ++k)
      if (bytes[k]) visit(k);
  }
  for (; i < count; ++i)
    if (bytes[i]) visit(i);
}

std::int64_t mixed_blocks(const BitPlane& truth) {
  std::int64_t mixed = 0;
  for (int block = 0; block < truth.height() / 8; ++block)
    for (int k = 0; k < truth.words(); ++k) {
      Word any = 0, all = ~Word{0};
      for (int y = 8 * block; y < 8 * block + 8; ++y) {
        any |= truth.row(y)[k];
        all &= truth.row(y)[k];
      }
      for (int x = 64 * k; x < 64 * k + 64 && x + 8 <= truth.width(); x += 8) {
        const int some = any >> (x & 63) & 0xff, every = all >> (x & 63) & 0xff;
        mixed += some != 0 && every != 0xff;
      }
    }
  return mixed;
}

}  // namespace

Distortion distortion(const std::uint8_t* ink, const std::uint8_t* truth, int height, int width) {
  const BitPlane predicted = pack(ink, height, width), right = pack(truth, height, width);
  BitPlane page(height, width);  // all ones: which neighbours exist
  for (int y = 0; y < height; ++y) {
    for (int k = 0; k < page.words(); ++k) page.row(y)[k] = ~Word{0};
    page.row(y)[page.words() - 1] = page.last_mask();
  }
  Distortion result{};
  for (int y = 0; y < height; ++y)
    for (int k = 0; k < page.words(); ++k) {
      const Word middle = right.row(y)[k];
      const Word flipped = predicted.row(y)[k] ^ middle;
      if (flipped == 0) continue;
      if (has_few(flipped)) {
        Word counts = 0;
        for (Word bits = flipped; bits != 0; bits &= bits - 1)
          counts += counts_at(right, y, 64 * k + std::countr_zero(bits));
        for (int i = 0; i < kDistanceClasses; ++i)
          result.differing[i] += static_cast<std::int64_t>(counts >> 12 * i & 0xfff);
        continue;
      }
      for (int dy = -2; dy <= 2; ++dy)
        for (int dx = -2; dx <= 2; ++dx) {
          if (dy == 0 && dx == 0) continue;
          // A flipped value is the opposite of its truth: a neighbour differs from it where its
          // truth equals the truth in the middle.
          const Word same = ~(shifted(right.row(y + dy) + k, dx) ^ middle);
          const Word exists = shifted(page.row(y + dy) + k, dx);
          result.differing[distance_class(dy * dy + dx * dx)] +=
              std::popcount(flipped & same & exists);
        }
    }
  result.mixed_blocks = mixed_blocks(right);
  return result;
}

float distortion_single(const std::uint8_t* ink, const std::uint8_t* truth, int height, int width,
                        const float* weights) {
  float total = 0.0f;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const std::size_t here = static_cast<std::size_t>(y) * width + x;
      if (ink[here] == truth[here]) continue;
      float pixel = 0.0f;
      for (int dx = -2; dx <= 2; ++dx)  // down the columns of the matrix, then the next column
        for (int dy = -2; dy <= 2; ++dy) {
          const int row = y + dy, column = x + dx;
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          if (truth[static_cast<std::size_t>(row) * width + column] != ink[here])
            pixel += weights[5 * (dy + 2) + dx + 2];
        }
      total += pixel;
    }
  return total;
}

void add_recall(const std::uint8_t* ink, const std::uint8_t* truth, const double* recall,
                std::size_t pixels, WeightedSums& sums) {
  for_each_set(truth, pixels, [&](std::size_t i) {
    sums.truth += recall[i];
    if (ink[i]) sums.found += recall[i];
  });
}

void add_precision(const std::uint8_t* ink, const std::uint8_t* truth, const double* precision,
                   std::size_t pixels, WeightedSums& sums) {
  for_each_set(ink, pixels, [&](std::size_t i) {
    sums.ink += 1.0 + precision[i];
    if (truth[i]) sums.right += 1.0 + precision[i];
  });
}

WeightedSums weighted_sums(const std::uint8_t* ink, const std::uint8_t* truth,
                           const double* recall, const double* precision, std::size_t pixels) {
  WeightedSums sums{0.0, 0.0, 0.0, 0.0};
  add_recall(ink, truth, recall, pixels, sums);
  add_precision(ink, truth, precision, pixels, sums);
  return sums;
}

}  // namespace docbin
