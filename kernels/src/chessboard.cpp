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

Seeds seeds_of(const BitPlane& plane) { return {plane.row(0), plane.stride()}; }

}  // namespace

void chessboard_distance(const BitPlane& seeds, PageArray<Short>& distance) {
  const int height = seeds.height(), width = seeds.width();
  distance.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  cell().distance(seeds_of(seeds), height, width, distance.data());
}

void largest_of_nearest(const BitPlane& seeds, const PageArray<Short>& distance,
                        PageArray<Short>& values) {
  cell().largest(seeds_of(seeds), distance.data(), seeds.height(), seeds.width(), values.data());
}

void name_of_nearest(const BitPlane& seeds, const PageArray<Short>& distance,
                     PageArray<Short>& names) {
  cell().short_name(seeds_of(seeds), distance.data(), seeds.height(), seeds.width(), names.data());
}

void name_of_nearest(const BitPlane& seeds, const PageArray<Short>& distance,
                     PageArray<std::int32_t>& names) {
  cell().name(seeds_of(seeds), distance.data(), seeds.height(), seeds.width(), names.data());
}

void gather_at_nearest(const BitPlane& seeds, const PageArray<Short>& distance,
                       PageArray<std::int32_t>& values) {
  cell().gather(seeds_of(seeds), distance.data(), seeds.height(), seeds.width(), values.data());
}

NearestInBox::NearestInBox(const BitPlane& seeds, const PageArray<Short>& distance)
    : rows_(seeds), columns_(seeds.width(), seeds.height()), distance_(distance) {
  for (int y = 0; y < seeds.height(); ++y)
    seeds.for_each(y, 0, seeds.width() - 1, [&](int x) { columns_.set(x, y); });
}

}  // namespace docbin
