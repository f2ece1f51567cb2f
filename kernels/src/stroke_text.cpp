// The recall weights, and what both sides of the stroke weights need of a truth.
#include <algorithm>
#include <cmath>

#include "stroke_sides.hpp"
#include "thinning.hpp"

namespace docbin {
namespace {

using Byte = std::uint8_t;
using Word = std::uint64_t;

// Set pixels that have an unset one, or the end of the page, above, below, left or right.
BitPlane contour_of(const BitPlane& ink) {
  BitPlane contour(ink.height(), ink.width());
  for (int y = 0; y < ink.height(); ++y) {
    const Word* here = ink.row(y);
    for (int k = 0; k < ink.words(); ++k) {
      const Word east = here[k] >> 1 | here[k + 1] << 63, west = here[k] << 1 | here[k - 1] >> 63;
      contour.row(y)[k] = here[k] & ~(ink.row(y - 1)[k] & ink.row(y + 1)[k] & east & west);
    }
  }
  return contour;
}

std::vector<int> stroke_widths(const Components& components, const BitPlane& skeleton,
                               const PageArray<Byte>& half_width) {
  std::vector<int> widths;
  for (const Component& item : components.items) {
    std::int64_t sum = 0, count = 0;
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
      const Run& run = components.runs[i];
      skeleton.for_each(run.y, run.first, run.last, [&](int x) {
        sum += half_width[static_cast<std::size_t>(run.y) * skeleton.width() + x];
        ++count;
      });
    }
    widths.push_back(count == 0 ? 0 : static_cast<int>(sum / count) * 2);
  }
  return widths;
}

}  // namespace

Text text_of(const std::uint8_t* truth, int height, int width) {
  Text text{pack(truth, height, width), BitPlane(height, width), {}, {}, {}};
  text.contour = contour_of(text.ink);
  text.components = find_components(text.ink);
  chessboard_distance(text.contour, text.from_contour);
  return text;
}

void seed_components(BitPlane& skeleton, const Components& components) {
  for (const Component& item : components.items) {
    bool has_skeleton = false;
    std::int64_t sum_x = 0, sum_y = 0, count = 0;
    for (std::size_t i = item.runs_begin; i < item.runs_end && !has_skeleton; ++i) {
      const Run& run = components.runs[i];
      skeleton.for_each(run.y, run.first, run.last, [&](int) { has_skeleton = true; });
      const std::int64_t length = run.last - run.first + 1;
      count += length;
      sum_y += length * run.y;
      sum_x += length * (run.first + run.last) / 2;
    }
    if (has_skeleton) continue;
    const int x = static_cast<int>(std::llround(static_cast<double>(sum_x) / count));
    const int y = static_cast<int>(std::llround(static_cast<double>(sum_y) / count));
    bool inside = false;
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
      const Run& run = components.runs[i];
      inside = inside || (run.y == y && run.first <= x && x <= run.last);
    }
    const Run& first = components.runs[item.runs_begin];
    skeleton.set(inside ? y : first.y, inside ? x : first.first);
  }
}

void weigh_text(Text& text, StrokeRoom& room, const TakeRow& take) {
  const int height = text.ink.height(), width = text.ink.width();
  BitPlane skeleton = text.ink;
  thin_lee_chen(skeleton);
  seed_components(skeleton, text.components);
  room.distance.assign(static_cast<std::size_t>(height) * width, 0);
  for (int y = 0; y < height; ++y)
    text.ink.for_each(y, 0, width - 1, [&](int x) {
      const std::size_t i = static_cast<std::size_t>(y) * width + x;
      const bool thin = text.contour.test(y, x) && skeleton.test(y, x);
      room.distance[i] = thin ? 1 : static_cast<Byte>(text.from_contour[i]);
    });
  measure_strokes(text.components, skeleton, nullptr, &text.contour, room);
  text.stroke_width = stroke_widths(text.components, skeleton, room.half_width);
  std::vector<double> row(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y) {
    std::fill(row.begin(), row.end(), 0.0);
    text.ink.for_each(y, 0, width - 1, [&](int x) {
      const std::size_t i = static_cast<std::size_t>(y) * width + x;
      if (room.distance[i] != 0 && room.area[i] != 0)
        row[x] = six_decimals(double(room.distance[i]) / room.area[i]);
    });
    take(y, row.data());
  }
}

}  // namespace docbin
