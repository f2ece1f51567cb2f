#include "stroke_weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bitplane.hpp"
#include "chessboard.hpp"
#include "components.hpp"
#include "strokes.hpp"
#include "thinning.hpp"

namespace docbin {
namespace {

using Byte = std::uint8_t;
using Short = std::uint16_t;
using Word = std::uint64_t;

// As a weight file holds it: six decimals, rounded as printf does, to even where the binary value
// lies exactly between two.
double six_decimals(double weight) {
  const double scaled = weight * 1e6;  // at most 250 million
  std::int64_t below = static_cast<std::int64_t>(scaled);
  double rest = scaled - static_cast<double>(below);
  if (rest == 0.5) rest += std::fma(weight, 1e6, -scaled);  // what the product lost decides
  if (rest > 0.5 || (rest == 0.5 && below % 2 != 0)) ++below;
  return static_cast<double>(below) / 1e6;
}

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

// A component without skeleton (background that lies on the page's frame only) gets one pixel: the
// middle of its mass, or its first pixel where the middle is not its own.
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

// What the two sides share.
struct Text {
  BitPlane ink, contour;
  Components components;
  PageArray<Short> from_contour;
  std::vector<int> stroke_width;  // a component
};

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

// Calls take(y, row) with the recall weights of every row, (width) numbers.
template <typename Take>
void weigh_text(Text& text, StrokeRoom& room, Take&& take) {
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

// Calls take(y, row) with the precision weights of every row, (width) numbers, those of wanted
// pixels at least. The room's index holds names of 32 bits, its to_skeleton those of 16.
template <typename Name, typename Take>
void weigh_background(const Text& text, const BitPlane& wanted, StrokeRoom& room,
                      PageArray<Name>& owner, Take&& take) {
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

template <typename TakeRecall, typename TakePrecision>
void weigh(const std::uint8_t* truth, int height, int width, const BitPlane& wanted,
           TakeRecall&& recall, TakePrecision&& precision) {
  Text text{pack(truth, height, width), BitPlane(height, width), {}, {}, {}};
  text.contour = contour_of(text.ink);
  text.components = find_components(text.ink);
  chessboard_distance(text.contour, text.from_contour);
  StrokeRoom room;
  weigh_text(text, room, recall);
  if (text.components.items.size() < kMixed<Short>)
    weigh_background(text, wanted, room, room.to_skeleton, precision);
  else
    weigh_background(text, wanted, room, room.index, precision);
}

}  // namespace

void stroke_weights(const std::uint8_t* truth, int height, int width, double* recall,
                    double* precision) {
  const std::size_t stride = static_cast<std::size_t>(width);
  const auto into = [&](double* map) {
    return [=](int y, const double* row) { std::copy_n(row, stride, map + stride * y); };
  };
  BitPlane all(height, width);
  for (int y = 0; y < height; ++y) std::fill_n(all.row(y), all.words(), ~Word{0});
  weigh(truth, height, width, all, into(recall), into(precision));
}

WeightedSums stroke_weighted_sums(const std::uint8_t* ink, const std::uint8_t* truth, int height,
                                  int width) {
  WeightedSums sums{0.0, 0.0, 0.0, 0.0};
  const std::size_t stride = static_cast<std::size_t>(width);
  const auto at = [&](int y) { return stride * static_cast<std::size_t>(y); };
  weigh(
      truth, height, width, pack(ink, height, width),
      [&](int y, const double* row) { add_recall(ink + at(y), truth + at(y), row, stride, sums); },
      [&](int y, const double* row) {
        add_precision(ink + at(y), truth + at(y), row, stride, sums);
      });
  return sums;
}

}  // namespace docbin
