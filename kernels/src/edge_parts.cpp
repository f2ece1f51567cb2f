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

std::uint8_t* at(std::uint8_t* plane, int width, const Run& run) {
  return plane + static_cast<std::size_t>(run.y) * width + run.first;
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
    std::int64_t length = 0;
    double sum = 0;
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      const std::int32_t* row = power + static_cast<std::size_t>(run.y) * width_;
      outline.for_each(run.y, run.first, run.last, [&](int x) {
        ++length;
        sum += gradient(row[x]);
      });
    }
    lengths_.push_back(length);
    gradients_.push_back(sum);
  }
}

void EdgeParts::paint(const std::uint8_t* keep, std::uint8_t* out) const {
  std::memset(out, 0, static_cast<std::size_t>(height_) * width_);
  for (const Components& parts : planes_)
    for (const Component& part : parts.items) {
      if (*keep++ == 0) continue;
      for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
        const Run& run = parts.runs[i];
        std::memset(at(out, width_, run), 1, run.last - run.first + 1);
      }
    }
}

void keep_known(const std::uint8_t* ink, const std::uint8_t* first, double share, int height,
                int width, std::uint8_t* out) {
  std::memset(out, 0, static_cast<std::size_t>(height) * width);
  const Components parts = find_components(pack(ink, height, width));
  for (const Component& part : parts.items) {
    std::int64_t area = 0, known = 0;
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      const std::uint8_t* pixels = first + static_cast<std::size_t>(run.y) * width + run.first;
      const int length = run.last - run.first + 1;
      area += length;
      for (int x = 0; x < length; ++x) known += pixels[x];
    }
    if (static_cast<double>(known) < share * static_cast<double>(area)) continue;
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i)
      std::memset(at(out, width, parts.runs[i]), 1, parts.runs[i].last - parts.runs[i].first + 1);
  }
}

}  // namespace docbin
