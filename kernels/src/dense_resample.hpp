// Pool and up on bit-planes, written once over kWords words; each cell includes this inside its own
// anonymous namespace, after defining kWords, 2 or 4: what a register of its holds.

typedef std::uint64_t Wide __attribute__((vector_size(8 * kWords)));
typedef std::uint32_t Narrow __attribute__((vector_size(4 * kWords)));

inline Wide words_at(const std::uint64_t* words) {
  Wide v;
  std::memcpy(&v, words, sizeof v);
  return v;
}

inline Wide sum_bits(Wide a, Wide b, Wide& carry) {
  const Wide either = a ^ b, sum = either ^ carry;
  carry = (a & b) | (either & carry);
  return sum;
}

// The even bits of each word, together in its low half.
inline Wide even_bits(Wide x) {
  x &= 0x5555555555555555u;
  x = (x | (x >> 1)) & 0x3333333333333333u;
  x = (x | (x >> 2)) & 0x0f0f0f0f0f0f0f0fu;
  x = (x | (x >> 4)) & 0x00ff00ff00ff00ffu;
  x = (x | (x >> 8)) & 0x0000ffff0000ffffu;
  return x | (x >> 16);
}

// Every bit of the low half twice.
inline Wide twice(Wide x) {
  x = (x | (x << 16)) & 0x0000ffff0000ffffu;
  x = (x | (x << 8)) & 0x00ff00ff00ff00ffu;
  x = (x | (x << 4)) & 0x0f0f0f0f0f0f0f0fu;
  x = (x | (x << 2)) & 0x3333333333333333u;
  x = (x | (x << 1)) & 0x5555555555555555u;
  return x | (x << 1);
}

void pool_row(const std::uint64_t* upper, const std::uint64_t* lower, int bits, std::size_t words,
              std::uint64_t* out) {
  for (std::size_t k = 0; k < words; k += kWords) {
    Wide carry = ~Wide{}, across = {};  // + 1 a column: + 2 in all
    for (int j = 0; j < bits + 2; ++j) {
      const std::size_t at = static_cast<std::size_t>(std::min(j, bits - 1)) * words + k;
      // From plane `bits` on a column's sum goes on as its sign.
      Wide kept = carry;
      const Wide sum = sum_bits(words_at(upper + at), words_at(lower + at), kept);
      if (j <= bits - 1) carry = kept;
      const Wide plane = sum_bits(even_bits(sum), even_bits(sum >> 1), across);
      if (j < 2) continue;
      const Narrow low = __builtin_convertvector(plane, Narrow);
      std::memcpy(out + static_cast<std::size_t>(j - 2) * words / 2 + k / 2, &low, sizeof low);
    }
  }
}

void up_row(const std::uint64_t* first, const std::uint64_t* second, int bits, std::size_t words,
            std::uint64_t* out) {
  for (std::size_t k = 0; k < words; k += kWords) {
    Wide carry = ~Wide{};
    for (int j = 0; j <= bits; ++j) {
      const std::size_t at = static_cast<std::size_t>(std::min(j, bits - 1)) * words / 2 + k / 2;
      Narrow a, b;
      std::memcpy(&a, first + at, sizeof a);
      std::memcpy(&b, second + at, sizeof b);
      const Wide plane = sum_bits(__builtin_convertvector(a, Wide), __builtin_convertvector(b, Wide), carry);
      if (j == 0) continue;
      const Wide out_words = twice(plane & 0x00000000ffffffffu);
      std::memcpy(out + static_cast<std::size_t>(j - 1) * words + k, &out_words, sizeof out_words);
    }
  }
}
