#include "edge_parts.hpp"

#include <cmath>
#include <cstring>

#include "auto_ink.hpp"

namespace docbin {
namespace {

// Set pixels and their eight neighbours.
BitPlane grown(const BitPlane& plane) {
  BitPlane across(plane.height(), plane.width()), both(plane.height(), plane.width());
  for (int y = 0; y < plane.height(); ++y) {
    const std::uint64_t* from = plane.row(y);
    std::uint64_t* to = across.row(y);
    for (int k = 0; k < plane.words(); ++k)
      to[k] = from[k] | from[k] << 1 | from[k - 1] >> 63 | from[k] >> 1 | from[k + 1] << 63;
    to[plane.words() - 1] &= plane.last_mask();
  }
  for (int y = 0; y < plane.height(); ++y) {
    const std::uint64_t *above = across.row(y - 1), *here = across.row(y), *below = across.row(y + 1);
    std::uint64_t* to = both.row(y);
    for (int k = 0; k < plane.words(); ++k) to[k] = above[k] | here[k] | below[k];
  }
  return both;
}

template <typename Combine>  // of two words; within the page
BitPlane combined(const BitPlane& a, const BitPlane& b, const Combine& combine) {
  BitPlane result(a.height(), a.width());
  for (int y = 0; y < a.height(); ++y) {
    for (int k = 0; k < a.words(); ++k) result.row(y)[k] = combine(a.row(y)[k], b.row(y)[k]);
    result.row(y)[a.words() - 1] &= a.last_mask();
  }
  return result;
}

BitPlane outline_of(const BitPlane& plane) {
  const auto unset = [](std::uint64_t a, std::uint64_t) { return ~a; };
  return combined(plane, grown(combined(plane, plane, unset)),
                  [](std::uint64_t a, std::uint64_t b) { return a & b; });
}

double gradient(double power) { return std::sqrt(static_cast<float>(power) * (1.0f / 64)); }

void paint_part(const Components& parts, const Component& part, int width, std::uint8_t* out) {
  for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
    const Run& run = parts.runs[i];
    std::memset(out + static_cast<std::size_t>(run.y) * width + run.first, 1,
                run.last - run.first + 1);
  }
}

struct Edge {
  std::int64_t length = 0;
  double gradient = 0;  // summed along it

  void add(const Edge& other) {
    length += other.length;
    gradient += other.gradient;
  }
};

Edge edge_of(const Components& parts, const Component& part, const BitPlane& outline,
             const std::int32_t* power, int width) {
  Edge edge;
  for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
    const Run& run = parts.runs[i];
    const std::int32_t* row = power + static_cast<std::size_t>(run.y) * width;
    outline.for_each(run.y, run.first, run.last, [&](int x) {
      ++edge.length;
      edge.gradient += gradient(row[x]);
    });
  }
  return edge;
}

bool reaches_end(const Component& part, int height, int width) {
  return part.top == 0 || part.left == 0 || part.bottom == height - 1 || part.right == width - 1;
}

}  // namespace

EdgeParts::EdgeParts(const std::uint8_t* first, const std::uint8_t* second,
                     const std::int32_t* power, int height, int width)
    : height_(height), width_(width) {
  const BitPlane one = pack(first, height, width), two = pack(second, height, width);
  planes_[0] = find_components(one);
  planes_[1] = find_components(two);
  measure(planes_[0], outline_of(one), power);
  measure(planes_[1], combined(outline_of(two), grown(one),
                               [](std::uint64_t a, std::uint64_t b) { return a & ~b; }),
          power);
  const BitPlane solid =
      combined(one, two, [](std::uint64_t a, std::uint64_t b) { return a | b; });
  const BitPlane near = grown(grown(solid));
  std::vector<std::int32_t> bare;
  int skip = 0;  // bare pixels to pass over before the next that counts
  for (int y = 0; y < height; ++y) {
    const std::int32_t* row = power + static_cast<std::size_t>(y) * width;
    for (int k = 0; k < near.words(); ++k) {
      std::uint64_t bits = ~near.row(y)[k];
      if (k == near.words() - 1) bits &= near.last_mask();
      const int here = std::popcount(bits);
      if (here <= skip) {
        skip -= here;
        continue;
      }
      for (; bits != 0; bits &= bits - 1) {
        if (skip == 0) bare.push_back(row[64 * k + std::countr_zero(bits)]);
        skip = skip == 0 ? 6 : skip - 1;
      }
    }
  }
  if (!bare.empty()) noise_ = gradient(auto_ink::quantile(bare, 0.5));
}

void EdgeParts::measure(const Components& parts, const BitPlane& outline,
                        const std::int32_t* power) {
  for (const Component& part : parts.items) {
    const Edge edge = edge_of(parts, part, outline, power, width_);
    lengths_.push_back(edge.length);
    gradients_.push_back(edge.gradient);
    at_end_.push_back(reaches_end(part, height_, width_) ? 1 : 0);
  }
}

void EdgeParts::paint(const std::uint8_t* keep, std::uint8_t* out) const {
  std::memset(out, 0, static_cast<std::size_t>(height_) * width_);
  for (const Components& parts : planes_)
    for (const Component& part : parts.items)
      if (*keep++ != 0) paint_part(parts, part, width_, out);
}

void keep_edged(const std::uint8_t* ink, const std::uint8_t* first, const std::int32_t* power,
                double known, double apart, int height, int width, std::uint8_t* out) {
  std::memset(out, 0, static_cast<std::size_t>(height) * width);
  const BitPlane plane = pack(ink, height, width), outline = outline_of(plane);
  const Components parts = find_components(plane);
  struct Kept {
    const Component* part;
    Edge edge;
  };
  std::vector<Kept> kept;
  Edge all, inner;
  for (const Component& part : parts.items) {
    std::int64_t area = 0, seen = 0;
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      const std::uint8_t* pixels = first + static_cast<std::size_t>(run.y) * width + run.first;
      const int length = run.last - run.first + 1;
      area += length;
      for (int x = 0; x < length; ++x) seen += pixels[x];
    }
    if (static_cast<double>(seen) < known * static_cast<double>(area)) continue;
    const Edge edge = edge_of(parts, part, outline, power, width);
    kept.push_back({&part, edge});
    all.add(edge);
    if (!reaches_end(part, height, width)) inner.add(edge);
  }
  const Edge& mean = inner.length > 0 ? inner : all;
  for (const Kept& one : kept) {
    // gradient / length > apart * that of the mean; a page that is all ink has no outline.
    const double strong = one.edge.gradient * static_cast<double>(mean.length);
    const double least = apart * mean.gradient * static_cast<double>(one.edge.length);
    if (mean.length > 0 && !(strong > least)) continue;
    paint_part(parts, *one.part, width, out);
  }
}

}  // namespace docbin
