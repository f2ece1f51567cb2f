#include "strokes.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace docbin {
namespace {

using Byte = std::uint8_t;
using Short = std::uint16_t;

class Strokes {
 public:
  Strokes(const Components& components, const BitPlane& skeleton, const BitPlane* counted,
          StrokeRoom& room)
      : components_(components),
        skeleton_(skeleton),
        counted_(counted),
        height_(skeleton.height()),
        width_(skeleton.width()),
        distance_(room.distance),
        half_width_(room.half_width),
        area_(room.area),
        last_(room.index) {}

  void measure(const BitPlane* contour, PageArray<Short>& to_skeleton) {
    raise_ridges();
    chessboard_distance(skeleton_, to_skeleton);
    const NearestInBox nearest(skeleton_, to_skeleton);
    measure_half_widths(nearest, to_skeleton, contour);
    measure_ends();
    measure_areas(nearest, to_skeleton);
  }

 private:
  std::size_t at(int y, int x) const { return static_cast<std::size_t>(y) * width_ + x; }

  // Calls visit(y, x) for the pixels of a component whose distance counts, in scan order.
  template <typename Visit>
  void for_each_counted(const Component& item, Visit&& visit) const {
    for (std::size_t i = item.runs_begin; i < item.runs_end; ++i) {
      const Run& run = components_.runs[i];
      const auto look = [&](int x) {
        if (is_distance(distance_[at(run.y, x)])) visit(run.y, x);
      };
      if (counted_ != nullptr)
        counted_->for_each(run.y, run.first, run.last, look);
      else
        for (int x = run.first; x <= run.last; ++x) look(x);
    }
  }

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
  void measure_half_widths(const NearestInBox& nearest, const PageArray<Short>& to_skeleton,
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
      for_each_counted(item, [&](int y, int x) {
        nearest.visit(item, y, x, [&](int row, int column) { hear(at(y, x), at(row, column)); });
      });
    }
  }

  // A background may fill the page, far from its skeleton: its speakers are heard all at once.
  template <typename Hear>
  void hear_large(const Component& item, const NearestInBox& nearest,
                  const PageArray<Short>& to_skeleton, Hear&& hear) {
    PageArray<std::int32_t>& last = last_;
    last.assign(distance_.size(), 0);  // the last speaker's index and one
    const bool whole = nearest.is_page(item);
    std::vector<std::size_t> cut;  // speakers whose surroundings the box cuts
    for_each_counted(item, [&](int y, int x) {
      const std::size_t i = at(y, x);
      if (whole || nearest.all_in_box(item, y, x))
        last[i] = static_cast<std::int32_t>(i + 1);
      else
        cut.push_back(i);
    });
    gather_at_nearest(skeleton_, to_skeleton, last);
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
  void measure_areas(const NearestInBox& nearest, const PageArray<Short>& to_skeleton) {
    const bool spread = std::any_of(components_.items.begin(), components_.items.end(),
                                    [&](const Component& item) { return is_large(item); });
    if (!spread) {
      area_.assign(distance_.size(), 0);
    } else {
      area_.resize(distance_.size());
      for (int y = 0; y < height_; ++y)
        skeleton_.for_each(y, 0, width_ - 1, [&](int x) {
          area_[at(y, x)] = static_cast<Short>(distance_[at(y, x)] * half_width_[at(y, x)]);
        });
      largest_of_nearest(skeleton_, to_skeleton, area_);
      for (std::size_t i = 0; i < area_.size(); ++i)
        area_[i] &= static_cast<Short>(-static_cast<int>(is_distance(distance_[i])));
    }
    for (const Component& item : components_.items) {
      if (spread && nearest.is_page(item)) continue;
      for_each_counted(item, [&](int y, int x) {
        if (spread && nearest.all_in_box(item, y, x)) return;
        int largest = 0;
        nearest.visit(item, y, x, [&](int row, int column) {
          largest = std::max(largest, distance_[at(row, column)] * half_width_[at(row, column)]);
        });
        area_[at(y, x)] = static_cast<Short>(largest);
      });
    }
    join_lonely();
  }

  // A pixel unlike all its four neighbours takes the left one's, in scan order. What is unlike them
  // before any has changed is a superset: who equals a neighbour keeps it from changing, too.
  void join_lonely() {
    std::vector<Byte> lonely(static_cast<std::size_t>(width_));
    for (int y = 1; y + 1 < height_; ++y) {
      Short* here = area_.data() + at(y, 0);
      const Short* up = here - width_;
      const Short* down = here + width_;
      const Byte* distance = distance_.data() + at(y, 0);
      for (int x = 1; x < width_ - 1; ++x) {
        const bool unlike = (here[x] != up[x]) & (here[x] != down[x]) & (here[x] != here[x - 1]) &
                            (here[x] != here[x + 1]) & (down[x] != 0) & (here[x + 1] != 0);
        lonely[static_cast<std::size_t>(x)] = unlike & is_distance(distance[x]);
      }
      const Byte* const end = lonely.data() + lonely.size();
      for (const Byte* p = lonely.data(); (p = next_one(p, end)) != end; ++p) {
        const std::ptrdiff_t x = p - lonely.data();
        if (up[x] != 0 && here[x - 1] != 0 && here[x] != up[x] && here[x] != here[x - 1])
          here[x] = here[x - 1];
      }
    }
  }

  static const Byte* next_one(const Byte* from, const Byte* end) {
    const void* found = std::memchr(from, 1, static_cast<std::size_t>(end - from));
    return found == nullptr ? end : static_cast<const Byte*>(found);
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
  const BitPlane* counted_;
  int height_, width_;
  PageArray<Byte>& distance_;
  PageArray<Byte>& half_width_;
  PageArray<Short>& area_;
  PageArray<std::int32_t>& last_;
};

}  // namespace

void measure_strokes(const Components& components, const BitPlane& skeleton,
                     const BitPlane* counted, const BitPlane* contour, StrokeRoom& room) {
  Strokes(components, skeleton, counted, room).measure(contour, room.to_skeleton);
}

}  // namespace docbin
