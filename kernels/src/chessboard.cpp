#include "chessboard.hpp"

#include "chessboard_cell.hpp"
#include "dispatch.hpp"

namespace docbin {
namespace {

using Short = std::uint16_t;

const ChessboardCell& cell() {
#if defined(__x86_64__)
  static constexpr const ChessboardCell* cells[] = {&kChessboardScalar, nullptr, &kChessboardAvx2};
#else
  static constexpr const ChessboardCell* cells[] = {&kChessboardScalar};
#endif
  return pick(cells);
}

// Values of pixels that are not set have no effect.
template <typename Value, typename Sweeps>
void spread(const std::vector<Short>& distance, int height, int width, std::vector<Value>& values,
            Sweeps sweeps) {
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = distance[i] == 0 ? values[i] : Value{0};
  std::vector<Short> distance_before(static_cast<std::size_t>(width) + 2);
  std::vector<Value> values_before(static_cast<std::size_t>(width) + 2);
  sweeps(distance.data(), height, width, values.data(), distance_before.data(),
         values_before.data());
}

}  // namespace

void chessboard_distance(const BitPlane& seeds, std::vector<Short>& distance) {
  const int height = seeds.height(), width = seeds.width();
  const std::size_t stride = static_cast<std::size_t>(width);
  distance.assign(stride * static_cast<std::size_t>(height), kNever);
  for (int y = 0; y < height; ++y) {
    Short* row = distance.data() + stride * static_cast<std::size_t>(y);
    seeds.for_each(y, 0, width - 1, [&](int x) { row[x] = 0; });
  }
  std::vector<Short> before(stride + 2);
  cell().distance(distance.data(), height, width, before.data());
}

void largest_of_nearest(const std::vector<Short>& distance, int height, int width,
                        std::vector<Short>& values) {
  spread(distance, height, width, values, cell().largest);
}

void name_of_nearest(const std::vector<Short>& distance, int height, int width,
                     std::vector<std::int32_t>& names) {
  spread(distance, height, width, names, cell().name);
}

void gather_at_nearest(const std::vector<Short>& distance, int height, int width,
                       std::vector<std::int32_t>& values) {
  std::vector<Short> distance_before(static_cast<std::size_t>(width) + 2);
  std::vector<std::int32_t> values_before(static_cast<std::size_t>(width) + 2);
  cell().gather(distance.data(), height, width, values.data(), distance_before.data(),
                values_before.data());
}

NearestInBox::NearestInBox(const BitPlane& seeds, const std::vector<Short>& distance)
    : rows_(seeds), columns_(seeds.width(), seeds.height()), distance_(distance) {
  for (int y = 0; y < seeds.height(); ++y)
    seeds.for_each(y, 0, seeds.width() - 1, [&](int x) { columns_.set(x, y); });
}

}  // namespace docbin
