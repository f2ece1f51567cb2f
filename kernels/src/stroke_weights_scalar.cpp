#include "stroke_weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bitplane.hpp"
#include "components.hpp"
#include "thinning.hpp"

namespace docbin {
namespace {

using Byte = std::uint8_t;
using Short = std::uint16_t;
using Word = std::uint64_t;

constexpr Short kNever = 0xffff;   // a distance to nothing
constexpr Byte kOutside = 250;     // a distance beyond the reach of every stroke

// As a weight file holds it: six decimals, rounded as printf does, to even where the binary value
// lies exactly between two.
double six_decimals(double weight) {
  const double scaled = weight * 1e6, below = std::floor(scaled);
  double rest = scaled - below;
  if (rest == 0.5) rest += std::fma(weight, 1e6, -scaled);  // what the product lost decides
  const bool up = rest > 0.5 || (rest == 0.5 && std::fmod(below, 2.0) != 0.0);
  return (up ? below + 1.0 : below) / 1e6;
}

bool is_distance(Byte d) { return d != 0 && d < kOutside; }

// Calls visit(component, y, x) for every pixel, component after component, in scan order.
template <typename Visit>
void for_each_pixel(const Components& components, Visit&& visit) {
  for (const Component& item : components.items)
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
      const Run& run = components.runs[i];
      for (int x = run.first; x <= run.last; ++x) visit(item, run.y, x);
    }
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

// Chessboard distance of every pixel to the nearest set one: exact in two sweeps.
std::vector<Short> chessboard_distance(const BitPlane& seeds) {
  const int height = seeds.height(), width = seeds.width();
  const std::size_t stride = static_cast<std::size_t>(width);
  std::vector<Short> distance(stride * height, kNever);
  std::vector<Short> nearest(stride + 2, kNever);  // of the row before, an end on either side
  const auto sweep = [&](int y, bool down) {
    Short* row = distance.data() + stride * y;
    const Short* before = nearest.data() + 1;
    for (int x = 0; x < width; ++x) {
      const Short least = std::min({before[x - 1], before[x], before[x + 1]});
      row[x] = std::min<Short>(row[x], least == kNever ? kNever : least + 1);
    }
    Short along = kNever;
    if (down) {
      for (int x = 0; x < width; ++x)
        row[x] = along = std::min<Short>(row[x], along == kNever ? kNever : along + 1);
    } else {
      for (int x = width - 1; x >= 0; --x)
        row[x] = along = std::min<Short>(row[x], along == kNever ? kNever : along + 1);
    }
    std::copy(row, row + width, nearest.begin() + 1);
  };
  for (int y = 0; y < height; ++y) {
    seeds.for_each(y, 0, width - 1, [&](int x) { distance[stride * y + x] = 0; });
    sweep(y, true);
  }
  std::fill(nearest.begin(), nearest.end(), kNever);
  for (int y = height - 1; y >= 0; --y) sweep(y, false);
  return distance;
}

// Finds the set pixels nearest to a pixel, all of them, within a component's box: the whole box
// counts, also where it holds pixels of other components.
class NearestInBox {
 public:
  explicit NearestInBox(const BitPlane& seeds)
      : rows_(seeds), columns_(seeds.width(), seeds.height()), distance_(chessboard_distance(seeds)) {
    for (int y = 0; y < seeds.height(); ++y)
      seeds.for_each(y, 0, seeds.width() - 1, [&](int x) { columns_.set(x, y); });
  }

  Short distance(int y, int x) const {
    return distance_[static_cast<std::size_t>(y) * rows_.width() + x];
  }

  // Calls visit(y, x) for each nearest pixel, in no particular order; false if the box holds none.
  template <typename Visit>
  bool visit(const Component& box, int y, int x, Visit&& visit) const {
    const Short nearest = distance(y, x);
    if (nearest == kNever) return false;
    for (int radius = nearest;; ++radius) {
      bool found = false;
      const int top = y - radius, bottom = y + radius, left = x - radius, right = x + radius;
      const int first_row = std::max(top, box.top), last_row = std::min(bottom, box.bottom);
      const int first = std::max(left, box.left), last = std::min(right, box.right);
      const auto in_row = [&](int row) {
        rows_.for_each(row, first, last, [&](int column) {
          found = true;
          visit(row, column);
        });
      };
      const auto in_column = [&](int column) {
        const int begin = std::max(top + 1, first_row), end = std::min(bottom - 1, last_row);
        if (begin <= end)
          columns_.for_each(column, begin, end, [&](int row) {
            found = true;
            visit(row, column);
          });
      };
      if (top >= box.top) in_row(top);
      if (bottom <= box.bottom && bottom != top) in_row(bottom);
      if (left >= box.left) in_column(left);
      if (right <= box.right && right != left) in_column(right);
      if (found) return true;
      if (top <= box.top && bottom >= box.bottom && left <= box.left && right >= box.right)
        return false;
    }
  }

 private:
  BitPlane rows_, columns_;
  std::vector<Short> distance_;
};

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

// One side of the page, text or background, and what both are measured by.
class Strokes {
 public:
  // `distance` is D: from the contour, 0 off this side, kOutside where it does not count.
  Strokes(const Components& components, const BitPlane& skeleton, const BitPlane* contour,
          std::vector<Byte>& distance)
      : components_(components),
        skeleton_(skeleton),
        height_(skeleton.height()),
        width_(skeleton.width()),
        distance_(distance) {
    raise_ridges();
    const NearestInBox nearest(skeleton);
    measure_half_widths(nearest, contour);
    measure_ends();
    measure_areas(nearest);
  }

  const std::vector<Byte>& half_width() const { return half_width_; }  // at skeleton pixels
  const std::vector<Short>& area() const { return area_; }             // N, before any root

 private:
  std::size_t at(int y, int x) const { return static_cast<std::size_t>(y) * width_ + x; }

  // On a ridge of even width the middle lies beyond the skeleton: one more where all four
  // neighbours (the page's edge repeats) are as far.
  void raise_ridges() {
    for (int y = 0; y < height_; ++y)
      skeleton_.for_each(y, 0, width_ - 1, [&](int x) {
        Byte& d = distance_[at(y, x)];
        if (is_distance(d) && distance_[at(std::max(y - 1, 0), x)] == d &&
            distance_[at(std::min(y + 1, height_ - 1), x)] == d &&
            distance_[at(y, std::max(x - 1, 0))] == d &&
            distance_[at(y, std::min(x + 1, width_ - 1))] == d)
          ++d;
      });
  }

  // Every pixel tells the skeleton pixels nearest to it how wide the stroke is there; the last one
  // to speak is believed.
  void measure_half_widths(const NearestInBox& nearest, const BitPlane* contour) {
    half_width_.assign(distance_.size(), 0);
    for (int y = 0; y < height_; ++y)
      skeleton_.for_each(y, 0, width_ - 1, [&](int x) { half_width_[at(y, x)] = 1; });
    for_each_pixel(components_, [&](const Component& item, int y, int x) {
      if (!is_distance(distance_[at(y, x)])) return;
      Byte reach = static_cast<Byte>(nearest.distance(y, x));
      if (nearest.distance(y, x) == 0 && !(contour != nullptr && contour->test(y, x))) reach = 1;
      nearest.visit(item, y, x, [&](int row, int column) {
        const Byte d = distance_[at(row, column)];
        half_width_[at(row, column)] = static_cast<Byte>(d + (reach >= d));
      });
    });
  }

  // The end of a skeleton takes its only neighbour's half width and one more.
  void measure_ends() {
    for (const Component& item : components_.items)
      for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
        const Run& run = components_.runs[i];
        skeleton_.for_each(run.y, run.first, run.last, [&](int x) {
          const int end = only_neighbour(run.y, x);
          if (end > 0) half_width_[at(run.y, x)] = static_cast<Byte>(end + 1);
        });
      }
  }

  // The half width of the only skeleton neighbour, -1 if there are more or none; at the page's edge
  // the pixel stands for the neighbours it lacks. The tool reads the neighbour below right in
  // column one of its row: an error its weight files carry, so it is repeated.
  int only_neighbour(int y, int x) const {
    const int up = std::max(y - 1, 0), down = std::min(y + 1, height_ - 1);
    const int left = std::max(x - 1, 0), right = std::min(x + 1, width_ - 1);
    const int rows[8] = {up, down, y, y, up, down, down, up};
    const int columns[8] = {x, x, left, right, left, right, left, right};
    int count = 0, found = -1;
    for (int i = 0; i < 8; ++i) {
      if (!skeleton_.test(rows[i], columns[i])) continue;
      ++count;
      found = half_width_[at(rows[i], i == 5 ? right - x : columns[i])];
    }
    return count == 1 ? found : -1;
  }

  // The sum of D across the stroke: the largest D x half width of the nearest skeleton pixels.
  void measure_areas(const NearestInBox& nearest) {
    area_.assign(distance_.size(), 0);
    for_each_pixel(components_, [&](const Component& item, int y, int x) {
      if (!is_distance(distance_[at(y, x)])) return;
      int largest = 0;
      nearest.visit(item, y, x, [&](int row, int column) {
        const std::size_t i = at(row, column);
        largest = std::max(largest, distance_[i] * half_width_[i]);
      });
      area_[at(y, x)] = static_cast<Short>(largest);
    });
    // A pixel unlike all its four neighbours takes the left one's, in scan order.
    for (int y = 0; y < height_; ++y)
      for (int x = 1; x < width_; ++x) {
        const std::size_t i = at(y, x);
        const Short area = area_[i];
        if (!is_distance(distance_[i])) continue;
        const Short up = area_[at(std::max(y - 1, 0), x)], left = area_[i - 1];
        const Short down = area_[at(std::min(y + 1, height_ - 1), x)];
        const Short right = area_[at(y, std::min(x + 1, width_ - 1))];
        if (up != 0 && down != 0 && left != 0 && right != 0 && area != up && area != down &&
            area != left && area != right)
          area_[i] = left;
      }
  }

  const Components& components_;
  const BitPlane& skeleton_;
  int height_, width_;
  std::vector<Byte>& distance_;
  std::vector<Byte> half_width_;
  std::vector<Short> area_;
};

// What the two sides share.
struct Text {
  BitPlane ink, contour;
  Components components;
  std::vector<Short> from_contour;
  std::vector<int> stroke_width;  // a component
};

std::vector<int> stroke_widths(const Components& components, const BitPlane& skeleton,
                               const std::vector<Byte>& half_width) {
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

void weigh_text(Text& text, double* recall) {
  const int height = text.ink.height(), width = text.ink.width();
  BitPlane skeleton = text.ink;
  thin_lee_chen(skeleton);
  seed_components(skeleton, text.components);
  std::vector<Byte> distance(static_cast<std::size_t>(height) * width, 0);
  for (int y = 0; y < height; ++y)
    text.ink.for_each(y, 0, width - 1, [&](int x) {
      const std::size_t i = static_cast<std::size_t>(y) * width + x;
      const bool thin = text.contour.test(y, x) && skeleton.test(y, x);
      distance[i] = thin ? 1 : static_cast<Byte>(text.from_contour[i]);
    });
  const Strokes strokes(text.components, skeleton, &text.contour, distance);
  text.stroke_width = stroke_widths(text.components, skeleton, strokes.half_width());
  for (std::size_t i = 0; i < distance.size(); ++i) {
    const Short area = strokes.area()[i];
    recall[i] = distance[i] == 0 || area == 0 ? 0.0
                                                    : six_decimals(double(distance[i]) / area);
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

void weigh_background(const Text& text, double* precision) {
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
  std::vector<Byte> distance(pixels, 0);
  for (int y = 0; y < height; ++y)
    background.for_each(y, 0, width - 1, [&](int x) {
      distance[at(y, x)] =
          region.test(y, x) ? static_cast<Byte>(text.from_contour[at(y, x)]) : kOutside;
    });
  const Strokes strokes(components, skeleton, nullptr, distance);
  const auto half_gap = [&](std::size_t i) {
    return static_cast<int>(std::floor(std::sqrt(static_cast<double>(strokes.area()[i])) + 0.5));
  };

  // Which component a contour pixel belongs to, and how far the widest stroke nearby reaches.
  std::vector<int> owner(pixels);
  int longest = 0;
  for (std::size_t c = 0; c < text.components.items.size(); ++c) {
    const Component& item = text.components.items[c];
    longest = std::max(longest, text.stroke_width[c] & 0xff);
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
      const Run& run = text.components.runs[i];
      text.contour.for_each(run.y, run.first, run.last,
                            [&](int x) { owner[at(run.y, x)] = static_cast<int>(c); });
    }
  }
  const NearestInBox nearest(text.contour);
  std::vector<Byte> reach(pixels, 0);
  BitPlane merging(height, width);
  for_each_pixel(components, [&](const Component& item, int y, int x) {
    const std::size_t i = at(y, x);
    if (!is_distance(distance[i]) || distance[i] > longest) return;
    int widest = 0, first = -1;
    bool between = false;
    nearest.visit(item, y, x, [&](int row, int column) {
      const int c = owner[at(row, column)];
      widest = std::max(widest, text.stroke_width[static_cast<std::size_t>(c)] & 0xff);
      between = between || (first >= 0 && c != first);
      first = c;
    });
    if (distance[i] > widest) return;
    reach[i] = static_cast<Byte>(widest);
    if (between && (half_gap(i) & 0xff) != 0) merging.set(y, x);
  });
  const std::vector<Short> from_merging = chessboard_distance(merging);

  for (std::size_t i = 0; i < pixels; ++i) {
    precision[i] = 0.0;
    if (reach[i] == 0) continue;
    int divisor = reach[i];
    const int room = divisor - distance[i];
    if (room > 0 && from_merging[i] <= room) divisor = std::min(divisor, half_gap(i));
    divisor &= 0xff;
    if (divisor != 0)
      precision[i] = six_decimals(std::min(double(distance[i]) / divisor, 2.0));
  }
}

}  // namespace

void stroke_weights(const std::uint8_t* truth, int height, int width, double* recall,
                    double* precision) {
  Text text{pack(truth, height, width), BitPlane(height, width), {}, {}, {}};
  text.contour = contour_of(text.ink);
  text.components = find_components(text.ink);
  text.from_contour = chessboard_distance(text.contour);
  weigh_text(text, recall);
  weigh_background(text, precision);
}

}  // namespace docbin
