#include "stroke_weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bitplane.hpp"
#include "chessboard.hpp"
#include "components.hpp"
#include "thinning.hpp"

namespace docbin {
namespace {

using Byte = std::uint8_t;
using Short = std::uint16_t;
using Word = std::uint64_t;

constexpr Byte kOutside = 250;  // a distance beyond the reach of every stroke

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

bool is_distance(Byte d) { return d != 0 && d < kOutside; }

// Calls visit(y, x) for every pixel of a component, in scan order.
template <typename Visit>
void for_each_pixel_of(const Components& components, const Component& item, Visit&& visit) {
  for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
    const Run& run = components.runs[i];
    for (int x = run.first; x <= run.last; ++x) visit(run.y, x);
  }
}

// Calls visit(component, y, x) for every pixel, component after component.
template <typename Visit>
void for_each_pixel(const Components& components, Visit&& visit) {
  for (const Component& item : components.items)
    for_each_pixel_of(components, item, [&](int y, int x) { visit(item, y, x); });
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
    const std::vector<Short> to_skeleton = chessboard_distance(skeleton);
    const NearestInBox nearest(skeleton, to_skeleton);
    measure_half_widths(nearest, to_skeleton, contour);
    measure_ends();
    measure_areas(nearest, to_skeleton);
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
  // to speak, component after component, in scan order, is believed.
  void measure_half_widths(const NearestInBox& nearest, const std::vector<Short>& to_skeleton,
                           const BitPlane* contour) {
    half_width_.assign(distance_.size(), 0);
    for (int y = 0; y < height_; ++y)
      skeleton_.for_each(y, 0, width_ - 1, [&](int x) { half_width_[at(y, x)] = 1; });
    const auto hear = [&](std::size_t speaker, std::size_t listener) {
      Byte reach = static_cast<Byte>(to_skeleton[speaker]);
      if (to_skeleton[speaker] == 0) {
        const int y = static_cast<int>(speaker / static_cast<std::size_t>(width_));
        const int x = static_cast<int>(speaker % static_cast<std::size_t>(width_));
        reach = contour != nullptr && contour->test(y, x) ? 0 : 1;
      }
      const Byte d = distance_[listener];
      half_width_[listener] = static_cast<Byte>(d + (reach >= d));
    };
    for (const Component& item : components_.items) {
      if (is_large(item)) {
        hear_large(item, nearest, to_skeleton, hear);
        continue;
      }
      for_each_pixel_of(components_, item, [&](int y, int x) {
        if (is_distance(distance_[at(y, x)]))
          nearest.visit(item, y, x, [&](int row, int column) { hear(at(y, x), at(row, column)); });
      });
    }
  }

  // A background may fill the page, far from its skeleton: its speakers are heard all at once.
  template <typename Hear>
  void hear_large(const Component& item, const NearestInBox& nearest,
                  const std::vector<Short>& to_skeleton, Hear&& hear) {
    std::vector<std::int32_t> last(distance_.size(), 0);  // its index and one
    const bool whole = nearest.is_page(item);
    std::vector<std::size_t> cut;  // speakers whose surroundings the box cuts
    for_each_pixel_of(components_, item, [&](int y, int x) {
      const std::size_t i = at(y, x);
      if (!is_distance(distance_[i])) return;
      if (whole || nearest.all_in_box(item, y, x))
        last[i] = static_cast<std::int32_t>(i + 1);
      else
        cut.push_back(i);
    });
    gather_at_nearest(to_skeleton, height_, width_, last);
    for (const std::size_t i : cut) {
      const int y = static_cast<int>(i / static_cast<std::size_t>(width_));
      const int x = static_cast<int>(i % static_cast<std::size_t>(width_));
      nearest.visit(item, y, x, [&](int row, int column) {
        std::int32_t& speaker = last[at(row, column)];
        speaker = std::max(speaker, static_cast<std::int32_t>(i + 1));
      });
    }
    for (int y = 0; y < height_; ++y)
      skeleton_.for_each(y, 0, width_ - 1, [&](int x) {
        const std::int32_t speaker = last[at(y, x)];
        if (speaker > 0) hear(static_cast<std::size_t>(speaker - 1), at(y, x));
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
  void measure_areas(const NearestInBox& nearest, const std::vector<Short>& to_skeleton) {
    area_.assign(distance_.size(), 0);
    const bool spread = std::any_of(components_.items.begin(), components_.items.end(),
                                    [&](const Component& item) { return is_large(item); });
    if (spread) {
      for (int y = 0; y < height_; ++y)
        skeleton_.for_each(y, 0, width_ - 1, [&](int x) {
          area_[at(y, x)] = static_cast<Short>(distance_[at(y, x)] * half_width_[at(y, x)]);
        });
      largest_of_nearest(to_skeleton, height_, width_, area_);
      for (std::size_t i = 0; i < area_.size(); ++i)
        area_[i] = is_distance(distance_[i]) ? area_[i] : Short{0};
    }
    for (const Component& item : components_.items) {
      if (spread && nearest.is_page(item)) continue;
      for_each_pixel_of(components_, item, [&](int y, int x) {
        if (!is_distance(distance_[at(y, x)])) return;
        if (spread && nearest.all_in_box(item, y, x)) return;
        int largest = 0;
        nearest.visit(item, y, x, [&](int row, int column) {
          largest = std::max(largest, distance_[at(row, column)] * half_width_[at(row, column)]);
        });
        area_[at(y, x)] = static_cast<Short>(largest);
      });
    }
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

  // More than a quarter of the page: at most three are, and each costs sweeps over the page.
  bool is_large(const Component& item) const {
    std::size_t pixels = 0;
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i)
      pixels += static_cast<std::size_t>(components_.runs[i].last - components_.runs[i].first + 1);
    return 4 * pixels > distance_.size() && distance_.size() < kMostIndices;
  }

  static constexpr std::size_t kMostIndices = 0x7fffffff;

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
    return static_cast<int>(std::sqrt(static_cast<double>(strokes.area()[i])) + 0.5);
  };

  // Which component a contour pixel belongs to, from 1; and of any other pixel which one all
  // contour pixels nearest to it belong to.
  std::vector<std::int32_t> owner(pixels);
  int longest = 0;
  for (std::size_t c = 0; c < text.components.items.size(); ++c) {
    const Component& item = text.components.items[c];
    longest = std::max(longest, text.stroke_width[c] & 0xff);
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
      const Run& run = text.components.runs[i];
      text.contour.for_each(run.y, run.first, run.last, [&](int x) {
        owner[at(run.y, x)] = static_cast<std::int32_t>(c + 1);
      });
    }
  }
  name_of_nearest(text.from_contour, height, width, owner);
  const auto width_of = [&](std::int32_t c) {
    return text.stroke_width[static_cast<std::size_t>(c - 1)] & 0xff;
  };

  // How far the widest stroke nearby reaches, and where two components meet.
  const NearestInBox nearest(text.contour, text.from_contour);
  std::vector<Byte> reach(pixels, 0);
  BitPlane merging(height, width);
  for (const Component& item : components.items) {
    const bool whole = nearest.is_page(item);
    for_each_pixel_of(components, item, [&](int y, int x) {
      const std::size_t i = at(y, x);
      if (!is_distance(distance[i]) || distance[i] > longest) return;
      int widest = 0;
      bool between = false;
      if (owner[i] > 0 && (whole || nearest.all_in_box(item, y, x))) {
        widest = width_of(owner[i]);
      } else {
        std::int32_t first = 0;
        nearest.visit(item, y, x, [&](int row, int column) {
          const std::int32_t c = owner[at(row, column)];
          widest = std::max(widest, width_of(c));
          between = between || (first != 0 && c != first);
          first = c;
        });
      }
      if (distance[i] > widest) return;
      reach[i] = static_cast<Byte>(widest);
      if (between && (half_gap(i) & 0xff) != 0) merging.set(y, x);
    });
  }
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
