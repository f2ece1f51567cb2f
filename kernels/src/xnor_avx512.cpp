// Bit-sliced binary convolution: AVX-512F, 512 positions a register, a full adder in two instructions.
#include "xnor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <immintrin.h>
namespace docbin::xnor {
extern const Cell avx512_cell;
namespace {

#include "vector512.hpp"
#include "sliced.hpp"

}  // namespace

const Cell avx512_cell{&scratch_bytes, &run_signs, &run_sums, &run_unit, &run_below, &run_add};

}  // namespace docbin::xnor
