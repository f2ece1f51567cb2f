#include "parts.hpp"

#include <cstring>

#include "components.hpp"

namespace docbin {

void keep_touched(const std::uint8_t* ink, const std::uint8_t* seeds, int height, int width,
                  std::uint8_t* out) {
  const auto row = [width](int y) { return static_cast<std::size_t>(y) * width; };
  std::memset(out, 0, row(height));
  const Components parts = find_components(pack(ink, height, width));
  for (const Component& part : parts.items) {
    bool touched = false;
    for (std::size_t i = part.runs_begin; i < part.runs_end && !touched; ++i) {
      const Run& run = parts.runs[i];
      touched = std::memchr(seeds + row(run.y) + run.first, 1, run.last - run.first + 1) != nullptr;
    }
    if (!touched) continue;
    for (std::size_t i = part.runs_begin; i < part.runs_end; ++i) {
      const Run& run = parts.runs[i];
      std::memset(out + row(run.y) + run.first, 1, run.last - run.first + 1);
    }
  }
}

}  // namespace docbin
