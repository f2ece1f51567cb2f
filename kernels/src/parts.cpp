#include "parts.hpp"

#include <cstring>

#include "components.hpp"

namespace docbin {

std::vector<std::int32_t> part_boxes(const std::uint8_t* ink, int height, int width) {
  std::vector<std::int32_t> boxes;
  for (const Component& part : find_components(pack(ink, height, width)).items)
    boxes.insert(boxes.end(), {part.top, part.bottom, part.left, part.right});
  return boxes;
}

namespace {

std::size_t row(int y, int width) { return static_cast<std::size_t>(y) * width; }

// Paint those parts of the ink that are wanted.
template <typename Wanted>
void paint_parts(const std::uint8_t* ink, int height, int width, std::uint8_t* out,
                 const Wanted& wanted) {
  std::memset(out, 0, row(height, width));
  const Components parts = find_components(pack(ink, height, width));
  for (const Component& part : parts.items) {
    if (!wanted(parts, part)) continue;
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      std::memset(out + row(run.y, width) + run.first, 1, run.last - run.first + 1);
    }
  }
}

}  // namespace

void keep_touched(const std::uint8_t* ink, const std::uint8_t* seeds, int height, int width,
                  std::uint8_t* out) {
  paint_parts(ink, height, width, out, [=](const Components& parts, const Component& part) {
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      const std::uint8_t* const first = seeds + row(run.y, width) + run.first;
      if (std::memchr(first, 1, run.last - run.first + 1) != nullptr) return true;
    }
    return false;
  });
}

void small_parts(const std::uint8_t* ink, std::int64_t side, int height, int width,
                 std::uint8_t* out) {
  paint_parts(ink, height, width, out, [=](const Components&, const Component& part) {
    return part.right - part.left < side && part.bottom - part.top < side;
  });
}

}  // namespace docbin
