// Connected parts of ink, chosen by what they touch or by their size. Parts are 8-connected.
#pragma once

#include <cstdint>
#include <vector>

namespace docbin {

// Four numbers a part, in the order of their first pixels: top, bottom, left, right, inclusive.
std::vector<std::int32_t> part_boxes(const std::uint8_t* ink, int height, int width);

// The same of the pixels of grey up to a level.
std::vector<std::int32_t> dark_boxes(const std::uint8_t* gray, std::uint8_t level, int height,
                                     int width);

// out = the parts of `ink` that hold at least one pixel set in `seeds`. All three are height x width
// bytes, zero or one; out may not be either input.
void keep_touched(const std::uint8_t* ink, const std::uint8_t* seeds, int height, int width,
                  std::uint8_t* out);

// The same of numbers, height x width: the ink is where they are `weak` at least, the seeds where
// `strong`; strong >= weak.
void keep_reaching(const std::int16_t* values, std::int16_t weak, std::int16_t strong, int height,
                   int width, std::uint8_t* out);

// out = the parts of `ink` whose bounding box is at most `side` pixels wide and high; else as above.
void small_parts(const std::uint8_t* ink, std::int64_t side, int height, int width,
                 std::uint8_t* out);

}  // namespace docbin
