// Pool and up on bit-planes: rows of 64-bit words, plane j at [j * words].
#pragma once

#include <cstddef>
#include <cstdint>

namespace docbin::network {

inline constexpr int kMaxBits = 16;

inline std::uint64_t sum_bits(std::uint64_t a, std::uint64_t b, std::uint64_t& carry) {
  const std::uint64_t either = a ^ b, sum = either ^ carry;
  carry = (a & b) | (either & carry);
  return sum;
}

// The even bits of x, together in the low half.
inline std::uint64_t even_bits(std::uint64_t x) {
  x &= 0x5555555555555555u;
  x = (x | (x >> 1)) & 0x3333333333333333u;
  x = (x | (x >> 2)) & 0x0f0f0f0f0f0f0f0fu;
  x = (x | (x >> 4)) & 0x00ff00ff00ff00ffu;
  x = (x | (x >> 8)) & 0x0000ffff0000ffffu;
  return (x | (x >> 16)) & 0x00000000ffffffffu;
}

// Every bit of the low half twice.
inline std::uint64_t twice(std::uint64_t x) {
  x &= 0x00000000ffffffffu;
  x = (x | (x << 16)) & 0x0000ffff0000ffffu;
  x = (x | (x << 8)) & 0x00ff00ff00ff00ffu;
  x = (x | (x << 4)) & 0x0f0f0f0f0f0f0f0fu;
  x = (x | (x << 2)) & 0x3333333333333333u;
  x = (x | (x << 1)) & 0x5555555555555555u;
  return x | (x << 1);
}

// (a + b + c + d + 2) >> 2 over 2x2: rows of 2 * `words` words to one of `words`.
inline void pool_row(const std::uint64_t* upper, const std::uint64_t* lower, int bits,
                     std::size_t words, std::uint64_t* out) {
  const std::size_t in = 2 * words;
  for (std::size_t k = 0; k < words; ++k) {
    std::uint64_t even[kMaxBits + 1], odd[kMaxBits + 1];
    std::uint64_t carry[2] = {~0ull, ~0ull};  // + 1 a column: + 2 in all
    for (int j = 0; j <= bits; ++j) {
      const std::size_t at = static_cast<std::size_t>(j < bits ? j : bits - 1) * in + 2 * k;
      const std::uint64_t low = sum_bits(upper[at], lower[at], carry[0]);
      const std::uint64_t high = sum_bits(upper[at + 1], lower[at + 1], carry[1]);
      even[j] = even_bits(low) | (even_bits(high) << 32);
      odd[j] = even_bits(low >> 1) | (even_bits(high >> 1) << 32);
    }
    std::uint64_t sum = 0;
    for (int j = 0; j < bits + 2; ++j) {
      const int at = j <= bits ? j : bits;
      const std::uint64_t plane = sum_bits(even[at], odd[at], sum);
      if (j >= 2) out[static_cast<std::size_t>(j - 2) * words + k] = plane;
    }
  }
}

// (a + b + 1) >> 1, each pixel twice: rows of `words` words to one of 2 * `words`.
inline void up_row(const std::uint64_t* first, const std::uint64_t* second, int bits,
                   std::size_t words, std::uint64_t* out) {
  for (std::size_t k = 0; k < words; ++k) {
    std::uint64_t carry = ~0ull;
    for (int j = 0; j <= bits; ++j) {
      const std::size_t at = static_cast<std::size_t>(j < bits ? j : bits - 1) * words + k;
      const std::uint64_t plane = sum_bits(first[at], second[at], carry);
      if (j == 0) continue;
      out[static_cast<std::size_t>(j - 1) * 2 * words + 2 * k] = twice(plane);
      out[static_cast<std::size_t>(j - 1) * 2 * words + 2 * k + 1] = twice(plane >> 32);
    }
  }
}

}  // namespace docbin::network
