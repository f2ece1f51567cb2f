// The sweeps of contour_distance.hpp, one table a target, for pages of moderate size and for any.
#pragma once

#include <cstdint>

namespace docbin {

// A side of a moderate page: the squares of two sides still add up in 31 bits.
inline constexpr int kModerateSide = 23170;

// Pixels whose distances are found together, and how large those may be to be found by trying every
// column within them.
inline constexpr int kDistanceBlock = 32;
inline constexpr int kDistanceNear = 48;
inline constexpr int kDistanceAny = 1 << 20;  // above every side
inline constexpr int kKnownRoots = (kDistanceNear + 1) * (kDistanceNear + 1);

// Room to work in, for pages of `width`; contents do not matter.
template <typename Step, typename Wide>
struct DistanceScratch {
  Step* above;           // height x width: steps to the contour above
  Step* steps;           // width
  Wide* squared;         // width + 16: squared steps, with columns of no effect on either side
  Wide* distance;        // width + 16: squared distances of a row
  int* hull;             // width + 1
  int* reach;            // a block
  std::int16_t* near;    // whole blocks, with kDistanceNear columns on either side
  std::uint32_t* roots;  // kKnownRoots: the square roots of whole numbers, in units of 2^-24
  std::uint8_t* padded;  // width + 2
  const std::uint8_t* none;  // width zeros: the row beyond the page
};

// A sum in units of 1 and, what is left of it row by row, of 2^-24.
struct FixedSum {
  std::uint64_t whole = 0, rest = 0;
};

struct ContourDistanceCell {
  void (*moderate)(const std::uint8_t* ink, const std::uint8_t* truth, int height, int width,
                   const DistanceScratch<std::uint16_t, std::int32_t>& scratch, FixedSum* wrong,
                   FixedSum* page);
  void (*large)(const std::uint8_t* ink, const std::uint8_t* truth, int height, int width,
                const DistanceScratch<std::uint32_t, std::int64_t>& scratch, FixedSum* wrong,
                FixedSum* page);
};

extern const ContourDistanceCell kContourDistanceScalar;
#if defined(__x86_64__)
extern const ContourDistanceCell kContourDistanceAvx2;
#endif

}  // namespace docbin
