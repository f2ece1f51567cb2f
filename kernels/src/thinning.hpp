// Skeletons of binary images.
//
// Both rules below delete in two alternating sub-iterations until neither deletes anything; within
// a sub-iteration every pixel is judged before any is deleted, so the scan order does not matter.
// The page ends in background.
//
// Zhang, Suen: A fast parallel algorithm for thinning digital patterns, CACM 27(3), 1984.
// Guo, Hall: Parallel thinning with two-subiteration algorithms, CACM 32(3), 1989 (as "thin" of
// MATLAB's bwmorph has it).
// Lee, Chen: Recognition of handwritten Chinese characters via short line segments, Pattern
// Recognition 25(5), 1992, table 1: a second clean-up, one pixel after another in scan order.
#pragma once

#include "bitplane.hpp"

namespace docbin {

void thin_guo_hall(BitPlane& plane);

// Zhang and Suen's thinning followed by Lee and Chen's clean-up. Of a square of four pixels that
// stands alone, which Zhang and Suen's rule deletes whole, the lower right one is kept.
void thin_lee_chen(BitPlane& plane);

}  // namespace docbin
