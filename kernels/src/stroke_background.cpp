// The precision weights.
#include <algorithm>
#include <cmath>

#include "stroke_sides.hpp"
#include "thinning.hpp"

namespace docbin {
namespace {

using Byte = std::uint8_t;
using Short = std::uint16_t;
using Word = std::uint64_t;

// Background within twice a component's stroke width of its box.
BitPlane near_text(const Text& text) {
  const int height = text.ink.height(), width = text.ink.width();
  BitPlane region(height, width);
  for (std::size_t c = 0; c < text.components.items.size(); ++c) {
    const Component& box = text.components.items[c];
    const int margin = 2 * text.stroke_width[c];
    const int left = std::max(box.left - margin, 0);
    const int right = std::min(box.right + margin, width - 1);
    for (int y = std::max(box.top - margin, 0); y <= std::min(box.bottom + margin, height - 1); ++y)
      for (int k = left >> 6; k <= right >> 6; ++k) {
        Word bits = ~Word{0};
        if (k == left >> 6) bits &= ~Word{0} << (left & 63);
        if (k == right >> 6) bits &= ~Word{0} >> (63 - (right & 63));
        region.row(y)[k] |= bits & ~text.ink.row(y)[k];
      }
  }
  return region;
}

// Where the nearest contour pixels belong to several components.
template <typename Name>
BitPlane mixed_plane(const PageArray<Name>& owner, int height, int width) {
  BitPlane mixed(height, width);
  std::vector<Byte> row(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y) {
    const Name* names = owner.data() + row.size() * static_cast<std::size_t>(y);
    for (std::size_t x = 0; x < row.size(); ++x) row[x] = names[x] == kMixed<Name>;
    pack_row(row.data(), width, mixed.row(y));
  }
  return mixed;
}

// `owner` holds the names of components, for a time: the room's index those of 32 bits, its
// to_skeleton those of 16.
template <typename Name>
void weigh_named(const Text& text, const BitPlane& wanted, StrokeRoom& room, PageArray<Name>& owner,
                 const TakeRow& take) {
  const int height = text.ink.height(), width = text.ink.width();
  const std::size_t pixels = static_cast<std::size_t>(height) * width;
  const auto at = [&](int y, int x) { return static_cast<std::size_t>(y) * width + x; };

  BitPlane background(height, width);
  for (int y = 0; y < height; ++y) {
    for (int k = 0; k < background.words(); ++k) background.row(y)[k] = ~text.ink.row(y)[k];
    background.row(y)[background.words() - 1] &= background.last_mask();
  }
  const Components components = find_components(background);

  // The page's frame is left out before thinning.
  BitPlane skeleton = background;
  for (int y = 0; y < height; ++y) {
    skeleton.clear(y, 0);
    skeleton.clear(y, width - 1);
    if (y == 0 || y == height - 1) std::fill_n(skeleton.row(y), skeleton.words(), Word{0});
  }
  thin_lee_chen(skeleton);
  seed_components(skeleton, components);

  const BitPlane region = near_text(text);
  PageArray<Byte>& distance = room.distance;
  distance.assign(pixels, kOutside);
  for (int y = 0; y < height; ++y) {
    text.ink.for_each(y, 0, width - 1, [&](int x) { distance[at(y, x)] = 0; });
    region.for_each(y, 0, width - 1, [&](int x) {
      distance[at(y, x)] = static_cast<Byte>(text.from_contour[at(y, x)]);
    });
  }
  measure_strokes(components, skeleton, &region, nullptr, room);
  const auto half_gap = [&](std::size_t i) {
    return static_cast<int>(std::sqrt(static_cast<double>(room.area[i])) + 0.5);
  };

  // Which component a contour pixel belongs to, from 1; and of any other pixel which one all
  // contour pixels nearest to it belong to.
  owner.resize(pixels);
  int longest = 0;
  for (std::size_t c = 0; c < text.components.items.size(); ++c) {
    const Component& item = text.components.items[c];
    longest = std::max(longest, text.stroke_width[c] & 0xff);
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
      const Run& run = text.components.runs[i];
      text.contour.for_each(run.y, run.first, run.last, [&](int x) {
        owner[at(run.y, x)] = static_cast<Name>(c + 1);
      });
    }
  }
  name_of_nearest(text.contour, text.from_contour, owner);
  const auto width_of = [&](Name c) {
    return text.stroke_width[static_cast<std::size_t>(c) - 1] & 0xff;
  };
  BitPlane looked = mixed_plane(owner, height, width);
  for (int y = 0; y < height; ++y)
    for (int k = 0; k < looked.words(); ++k)
      looked.row(y)[k] = region.row(y)[k] & (looked.row(y)[k] | wanted.row(y)[k]);

  // How far the widest stroke nearby reaches, and where two components meet.
  const NearestInBox nearest(text.contour, text.from_contour);
  PageArray<Byte>& reach = room.half_width;  // of reached pixels
  BitPlane reached(height, width), merging(height, width);
  for (const Component& item : components.items) {
    const bool whole = nearest.is_page(item);
    const auto look = [&](int y, int x) {
      const std::size_t i = at(y, x);
      if (!is_distance(distance[i]) || distance[i] > longest) return;
      int widest = 0;
      bool between = false;
      if (owner[i] != kMixed<Name> && (whole || nearest.all_in_box(item, y, x))) {
        widest = width_of(owner[i]);
      } else {
        Name first = 0;
        nearest.visit(item, y, x, [&](int row, int column) {
          const Name c = owner[at(row, column)];
          widest = std::max(widest, width_of(c));
          between = between || (first != 0 && c != first);
          first = c;
        });
      }
      if (distance[i] > widest) return;
      reach[i] = static_cast<Byte>(widest);
      reached.set(y, x);
      if (between && (half_gap(i) & 0xff) != 0) merging.set(y, x);
    };
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
      const Run& run = components.runs[i];
      // Elsewhere in the page's own background one component is the nearest: nothing merges.
      (whole ? looked : region).for_each(run.y, run.first, run.last, [&](int x) {
        look(run.y, x);
      });
    }
  }
  PageArray<Short>& from_merging = room.to_skeleton;
  chessboard_distance(merging, from_merging);

  std::vector<double> row(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y) {
    std::fill(row.begin(), row.end(), 0.0);
    reached.for_each(y, 0, width - 1, [&](int x) {
      const std::size_t i = at(y, x);
      int divisor = reach[i];
      const int room_left = divisor - distance[i];
      if (room_left > 0 && from_merging[i] <= room_left) divisor = std::min(divisor, half_gap(i));
      divisor &= 0xff;
      if (divisor != 0) row[x] = six_decimals(std::min(double(distance[i]) / divisor, 2.0));
    });
    take(y, row.data());
  }
}

}  // namespace

void weigh_background(const Text& text, const BitPlane& wanted, StrokeRoom& room,
                      const TakeRow& take) {
  if (text.components.items.size() < kMixed<Short>)
    weigh_named(text, wanted, room, room.to_skeleton, take);
  else
    weigh_named(text, wanted, room, room.index, take);
}

}  // namespace docbin
