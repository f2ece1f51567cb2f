#include "thinning.hpp"

#include <algorithm>
#include <vector>

#include "dispatch.hpp"
#include "thinning_cell.hpp"

namespace docbin {
namespace {

using Word = std::uint64_t;

const ThinningCell& cell() {
#if defined(__x86_64__)
  static constexpr const ThinningCell* cells[] = {&kThinningScalar, nullptr, &kThinningAvx2};
#else
  static constexpr const ThinningCell* cells[] = {&kThinningScalar};
#endif
  return pick(cells);
}

// Repeat both half iterations to a fixed point. A block is judged again only if a pixel beside one
// of its own has gone since the same half last saw it: the cost follows the front.
class Front {
 public:
  // What of the plane is judged is copied, column after column of words: see thinning_cell.hpp.
  explicit Front(BitPlane& plane)
      : plane_(plane),
        blocks_(static_cast<std::size_t>(plane.height() + kRows - 1) / kRows),
        stride_(kRows * (blocks_ + 2)),
        columns_(static_cast<std::size_t>(plane.words())),
        words_(stride_ * (columns_ + 2), 0),
        queued_(words_.size() / kRows, 0) {
    for (int y = 0; y < plane.height(); ++y)
      for (std::size_t k = 0; k < columns_; ++k)
        words_[at(k) + static_cast<std::size_t>(y)] = plane.row(y)[k];
    for (std::size_t k = 0; k < columns_; ++k)
      for (std::size_t i = 0; i < blocks_; ++i) {
        const std::size_t block = at(k) + kRows * i;
        if (any_of(block, ~Word{0})) enqueue(block);
      }
  }

  void thin(ThinningJudge judge) {
    int idle = 0;
    for (int half = 0; idle < 2; half ^= 1) {
      judged_.swap(queue_[half]);
      queue_[half].clear();
      for (const std::uint32_t block : judged_)
        queued_[block / kRows] &= static_cast<Byte>(2 - half);  // the other half's mark stays
      if (gone_.size() < judged_.size()) gone_.resize(judged_.size());
      const std::size_t count =
          judge(words_.data(), stride_, judged_.data(), judged_.size(), half, gone_.data());
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < kRows; ++k) words_[gone_[i].block + k] &= ~gone_[i].bits[k];
      for (std::size_t i = 0; i < count; ++i) wake(gone_[i]);
      idle = count == 0 ? idle + 1 : 0;
    }
    for (int y = 0; y < plane_.height(); ++y)
      for (std::size_t k = 0; k < columns_; ++k)
        plane_.row(y)[k] = words_[at(k) + static_cast<std::size_t>(y)];
  }

 private:
  using Byte = std::uint8_t;
  static constexpr std::size_t kRows = kThinningRows;

  // Where a column begins: a block of zeros stands above and below, a column on either side.
  std::size_t at(std::size_t column) const { return stride_ * (column + 1) + kRows; }

  bool any_of(std::size_t block, Word mask) const {
    Word all = 0;
    for (std::size_t k = 0; k < kRows; ++k) all |= words_[block + k];
    return (all & mask) != 0;
  }

  void enqueue(std::size_t block) {
    Byte& queued = queued_[block / kRows];
    for (int half = 0; half < 2; ++half)
      if (!(queued >> half & 1)) queue_[half].push_back(static_cast<std::uint32_t>(block));
    queued = 3;
  }

  // Queue the blocks with a pixel beside one that has gone.
  void wake(const ThinningDeletion& gone) {
    const std::size_t block = gone.block;
    Word wide[kRows], all = 0, beside = 0;
    for (std::size_t k = 0; k < kRows; ++k) {
      all |= gone.bits[k];
      wide[k] = gone.bits[k] | gone.bits[k] << 1 | gone.bits[k] >> 1;
    }
    for (std::size_t k = 0; k < kRows; ++k)
      beside |= words_[block + k] & (wide[k] | (k > 0 ? wide[k - 1] : 0) |
                                     (k + 1 < kRows ? wide[k + 1] : 0));
    if (beside != 0) enqueue(block);
    if (words_[block - 1] & wide[0]) enqueue(block - kRows);
    if (words_[block + kRows] & wide[kRows - 1]) enqueue(block + kRows);
    if (all & 1) wake_column(block - stride_, gone, Word{1} << 63, Word{1});
    if (all >> 63) wake_column(block + stride_, gone, Word{1}, Word{1} << 63);
  }

  // The same in the next column: `facing` is its bit on this side, `edge` this side's on its own.
  void wake_column(std::size_t block, const ThinningDeletion& gone, Word facing, Word edge) {
    if (any_of(block, facing)) enqueue(block);
    if ((gone.bits[0] & edge) && (words_[block - 1] & facing)) enqueue(block - kRows);
    if ((gone.bits[kRows - 1] & edge) && (words_[block + kRows] & facing)) enqueue(block + kRows);
  }

  BitPlane& plane_;
  std::size_t blocks_, stride_, columns_;
  std::vector<Word> words_;
  std::vector<Byte> queued_;  // of a block: by which halves it is to be judged
  std::vector<std::uint32_t> queue_[2], judged_;
  std::vector<ThinningDeletion> gone_;
};

// Lee and Chen's table 1: the neighbourhoods whose middle is deleted, a bit each. The entries were
// taken from Doxa (CC0), not checked against the paper's page; with them the weight maps of the
// official tool come out equal on every pixel. The index holds
// N NE E SE S SW W NW from bit 0 to bit 7.
constexpr Word kLeeChen[4] = {
    0x20f0000020d06020,
    0x0a5aa0aa5b59a0aa,
    0xa0a0000020a02020,
    0x4850a0215b5b2020};

int neighbours(const BitPlane& plane, int y, int x) {
  // Columns -1 and width() fall in the zero words or in the unset end of the last word.
  const auto bit = [&](int dy, int dx) {
    const int column = x + dx + 64;
    return static_cast<int>(plane.row(y + dy)[(column >> 6) - 1] >> (column & 63) & 1);
  };
  return bit(-1, 0) | bit(-1, 1) << 1 | bit(0, 1) << 2 | bit(1, 1) << 3 | bit(1, 0) << 4 |
         bit(1, -1) << 5 | bit(0, -1) << 6 | bit(-1, -1) << 7;
}

}  // namespace

void thin_guo_hall(BitPlane& plane) { Front(plane).thin(cell().guo_hall); }

void thin_lee_chen(BitPlane& plane) {
  Front(plane).thin(cell().zhang_suen);
  for (bool changed = true; changed;) {
    changed = false;
    for (int y = 0; y < plane.height(); ++y)
      plane.for_each(y, 0, plane.width() - 1, [&](int x) {
        const int index = neighbours(plane, y, x);
        if (!(kLeeChen[index >> 6] >> (index & 63) & 1)) return;
        plane.clear(y, x);
        changed = true;
      });
  }
}

}  // namespace docbin
