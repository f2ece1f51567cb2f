#include "group4.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "bitplane.hpp"

namespace docbin {
namespace {

struct Code {
  std::uint32_t bits = 0;
  int length = 0;
};

// Runs of 0 to 63, then of 64, 128 ... 2560: T.4 (2003), tables 2 and 3, and the common end of 3.
using Runs = std::array<Code, 64 + 40>;

constexpr const char kWhite[] =
    "00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 "
    "110101 101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 "
    "0100100 0011000 00000010 00000011 00011010 00011011 00010010 00010011 00010100 00010101 "
    "00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100 00000101 "
    "00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 "
    "01011010 01011011 01001010 01001011 00110010 00110011 00110100 "
    "11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 "
    "011001101 011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001 "
    "011011010 011011011 010011000 010011001 010011010 011000 010011011 ";
constexpr const char kBlack[] =
    "0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 "
    "00000111 000011000 0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 "
    "00000110111 00000101000 00000010111 00000011000 000011001010 000011001011 000011001100 "
    "000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011 "
    "000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 "
    "000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 000001100101 "
    "000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 "
    "000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111 "
    "0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 "
    "0000001101100 0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 "
    "0000001110010 0000001110011 0000001110100 0000001110101 0000001110110 0000001110111 "
    "0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011 "
    "0000001100100 0000001100101 ";
constexpr const char kLong[] =
    "00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 "
    "000000010110 000000010111 000000011100 000000011101 000000011110 000000011111 ";

constexpr Runs read_codes(const char* own) {
  Runs runs{};
  std::size_t at = 0;
  for (const char* text : {own, kLong})
    for (; *text != '\0'; ++text) {
      if (*text == ' ') {
        ++at;
        continue;
      }
      runs[at].bits = runs[at].bits << 1 | static_cast<std::uint32_t>(*text - '0');
      ++runs[at].length;
    }
  return runs;
}
constexpr Runs kRuns[2] = {read_codes(kWhite), read_codes(kBlack)};
static_assert(kRuns[0].back().length == 12 && kRuns[1].back().length == 12);

constexpr Code kPass{1, 4}, kHorizontal{1, 3}, kEndOfLine{1, 12};
// A change 3 columns left of the one above, 2, 1, below it, 1, 2, 3 right of it.
constexpr Code kVertical[7] = {{2, 7}, {2, 6}, {2, 3}, {1, 1}, {3, 3}, {3, 6}, {3, 7}};

class Bits {  // highest bit of a byte first
 public:
  void put(Code code) {
    held_ = held_ << code.length | code.bits;
    count_ += code.length;
    while (count_ >= 8) {
      count_ -= 8;
      bytes_.push_back(static_cast<std::uint8_t>(held_ >> count_));
    }
  }
  void run(int length, int color) {
    const Runs& runs = kRuns[color];
    for (; length >= 2560 + 64; length -= 2560) put(runs.back());
    if (length >= 64) put(runs[static_cast<std::size_t>(63 + length / 64)]);
    put(runs[static_cast<std::size_t>(length % 64)]);
  }
  std::vector<std::uint8_t> finish() {
    if (count_ > 0) put({0, 8 - count_});
    return std::move(bytes_);
  }

 private:
  std::uint64_t held_ = 0;  // at most 7 bits wait, and a code has at most 13
  int count_ = 0;
  std::vector<std::uint8_t> bytes_;
};

// Columns where the colour changes, to black first; then the width, as often as anybody looks.
void changes_of(const BitPlane& plane, int y, std::vector<int>& changes) {
  changes.clear();
  const std::uint64_t* words = plane.row(y);
  for (int k = 0; k < plane.words(); ++k) {
    const std::uint64_t before = words[k] << 1 | words[k - 1] >> 63;
    for (std::uint64_t edges = words[k] ^ before; edges != 0; edges &= edges - 1) {
      const int x = 64 * k + std::countr_zero(edges);
      if (x < plane.width()) changes.push_back(x);
    }
  }
  changes.insert(changes.end(), 4, plane.width());
}

void code_row(const std::vector<int>& here, const std::vector<int>& above, int width, Bits& bits) {
  int a0 = -1, color = 0;
  std::size_t a = 0, b = 0;  // of the next change here; of one above, of the colour's parity
  while (a0 < width) {
    const int a1 = here[a];
    // The first change above, beyond a0, from the colour that runs here.
    while (b >= 2 && above[b - 2] > a0) b -= 2;
    while (above[b] <= a0 && above[b] < width) b += 2;
    const int b1 = above[b], b2 = above[b + 1];
    if (b2 < a1) {
      bits.put(kPass);
      a0 = b2;
      continue;
    }
    if (std::abs(a1 - b1) <= 3) {
      bits.put(kVertical[a1 - b1 + 3]);
      a0 = a1;
      ++a;
      color = 1 - color;
      b = b > 0 ? b - 1 : 1;  // the other parity
      continue;
    }
    const int a2 = here[a + 1];
    bits.put(kHorizontal);
    bits.run(a1 - (a0 < 0 ? 0 : a0), color);
    bits.run(a2 - a1, 1 - color);
    a0 = a2;
    a += 2;
  }
}

}  // namespace

std::vector<std::uint8_t> group4(const std::uint8_t* ink, int height, int width) {
  const BitPlane plane = pack(ink, height, width);
  std::vector<int> here, above(4, width);
  Bits bits;
  for (int y = 0; y < height; ++y) {
    changes_of(plane, y, here);
    code_row(here, above, width, bits);
    here.swap(above);
  }
  bits.put(kEndOfLine);
  bits.put(kEndOfLine);
  return bits.finish();
}

}  // namespace docbin
