#include "chessboard_cell.hpp"

#include <cstddef>

namespace docbin {
namespace {

#include "chessboard_sweeps.inl"

}  // namespace

const ChessboardCell kChessboardScalar = {
    distance,
    both_sweeps<-1, Larger, std::uint16_t>,
    both_sweeps<-1, SameName, std::int32_t>,
    both_sweeps<1, Larger, std::int32_t>,
};

}  // namespace docbin
