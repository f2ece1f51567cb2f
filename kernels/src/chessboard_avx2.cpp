#include "chessboard_cell.hpp"

#include <cstddef>

namespace docbin {
namespace {

#include "chessboard_sweeps.inl"

}  // namespace

const ChessboardCell kChessboardAvx2 = {
    distance,
    spread<Larger, std::uint16_t>,
    spread<SameName, std::uint16_t>,
    spread<SameName, std::int32_t>,
    gather,
};

}  // namespace docbin
