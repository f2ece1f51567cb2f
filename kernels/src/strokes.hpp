// One side of a page, text or background, and how wide its strokes are at every pixel.
#pragma once

#include <cstdint>

#include "bitplane.hpp"
#include "chessboard.hpp"
#include "components.hpp"
#include "page_memory.hpp"

namespace docbin {

inline constexpr std::uint8_t kOutside = 250;  // a distance beyond the reach of every stroke

// Neither 0 nor beyond.
inline bool is_distance(std::uint8_t d) { return static_cast<std::uint8_t>(d - 1) < kOutside - 1; }

// Arrays of a page's size, kept from one side to the other: fresh memory costs more than most of
// what is done in it.
struct StrokeRoom {
  PageArray<std::uint8_t> distance;       // D: from the contour, 0 off this side or kOutside
  PageArray<std::uint8_t> half_width;     // at skeleton pixels
  PageArray<std::uint16_t> to_skeleton;   // chessboard distance
  PageArray<std::uint16_t> area;          // N, before any root
  PageArray<std::int32_t> index;          // of a pixel or a component, and one
};

// Fills half_width and area of the room from distance, which gains the ridges; the rest of it is
// overwritten. All pixels whose distance counts lie in `counted`, null for all of the components;
// `contour` is the text's, null for the background.
void measure_strokes(const Components& components, const BitPlane& skeleton,
                     const BitPlane* counted, const BitPlane* contour, StrokeRoom& room);

}  // namespace docbin
