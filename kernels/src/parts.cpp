#include "parts.hpp"

#include <algorithm>
#include <cstring>

#include "components.hpp"

namespace docbin {

namespace {

std::size_t row(int y, int width) { return static_cast<std::size_t>(y) * width; }

// Pack the pixels of a page of any numbers for which `is_ink` holds.
template <typename Number, typename IsInk>
BitPlane pack_where(const Number* page, int height, int width, IsInk is_ink) {
  BitPlane ink(height, width);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y, page += width) {
    std::transform(page, page + width, pixels.begin(),
                   [=](Number value) { return static_cast<std::uint8_t>(is_ink(value)); });
    pack_row(pixels.data(), width, ink.row(y));
  }
  return ink;
}

std::vector<std::int32_t> boxes_of(const BitPlane& ink) {
  std::vector<std::int32_t> boxes;
  for (const Component& part : find_components(ink).items)
    boxes.insert(boxes.end(), {part.top, part.bottom, part.left, part.right});
  return boxes;
}

// Paint those parts of the ink that are wanted.
template <typename Wanted>
void paint_parts(const BitPlane& ink, std::uint8_t* out, const Wanted& wanted) {
  const int width = ink.width();
  std::memset(out, 0, row(ink.height(), width));
  const Components parts = find_components(ink);
  for (const Component& part : parts.items) {
    if (!wanted(parts, part)) continue;
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      std::memset(out + row(run.y, width) + run.first, 1, run.last - run.first + 1);
    }
  }
}

}  // namespace

std::vector<std::int32_t> part_boxes(const std::uint8_t* ink, int height, int width) {
  return boxes_of(pack(ink, height, width));
}

std::vector<std::int32_t> dark_boxes(const std::uint8_t* gray, std::uint8_t level, int height,
                                     int width) {
  return boxes_of(pack_where(gray, height, width, [=](auto value) { return value <= level; }));
}

void keep_touched(const std::uint8_t* ink, const std::uint8_t* seeds, int height, int width,
                  std::uint8_t* out) {
  paint_parts(pack(ink, height, width), out, [=](const Components& parts, const Component& part) {
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      const std::uint8_t* const first = seeds + row(run.y, width) + run.first;
      if (std::memchr(first, 1, run.last - run.first + 1) != nullptr) return true;
    }
    return false;
  });
}

void keep_reaching(const std::int16_t* values, std::int16_t weak, std::int16_t strong, int height,
                   int width, std::uint8_t* out) {
  const BitPlane ink = pack_where(values, height, width, [=](auto value) { return value >= weak; });
  paint_parts(ink, out, [=](const Components& parts, const Component& part) {
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      const std::int16_t* const from = values + row(run.y, width);
      if (std::any_of(from + run.first, from + run.last + 1,
                      [=](std::int16_t value) { return value >= strong; }))
        return true;
    }
    return false;
  });
}

void small_parts(const std::uint8_t* ink, std::int64_t side, int height, int width,
                 std::uint8_t* out) {
  paint_parts(pack(ink, height, width), out, [=](const Components&, const Component& part) {
    return part.right - part.left < side && part.bottom - part.top < side;
  });
}

}  // namespace docbin
