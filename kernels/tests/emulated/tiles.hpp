// The tile instructions of AMX as loops; where the processor would fault, so does this.
#pragma once

#include <cstdint>
#include <cstring>

namespace emulated {

struct Tiles {
  bool configured = false;
  int rows[8] = {}, bytes[8] = {};
  std::uint8_t x[8][16][64] = {};
};
inline thread_local Tiles tiles;

inline void check_tile(int tile) {
  if (!tiles.configured) fault("a tile before its configuration");
  if (tile < 0 || tile > 7 || tiles.rows[tile] == 0) fault("a tile that is not configured");
}

inline void configure_tiles(const void* from) {
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  if (bytes[0] != 1) fault("a palette that is not there");
  for (int i = 1; i < 16; ++i)
    if (bytes[i] != 0) fault("a configuration with reserved bytes set");
  tiles = {};
  tiles.configured = true;
  for (int t = 0; t < 16; ++t) {
    std::uint16_t width;
    std::memcpy(&width, bytes + 16 + 2 * t, 2);
    const int rows = bytes[48 + t];
    if (t >= 8) continue;
    if (rows > 16 || width > 64 || (rows == 0) != (width == 0)) fault("a tile of another size");
    tiles.rows[t] = rows;
    tiles.bytes[t] = width;
  }
}

inline void load_tile(int tile, const void* from, std::ptrdiff_t stride) {
  check_tile(tile);
  std::memset(tiles.x[tile], 0, sizeof tiles.x[tile]);
  for (int r = 0; r < tiles.rows[tile]; ++r)
    std::memcpy(tiles.x[tile][r], static_cast<const char*>(from) + r * stride,
                static_cast<std::size_t>(tiles.bytes[tile]));
}

inline void store_tile(int tile, void* to, std::ptrdiff_t stride) {
  check_tile(tile);
  for (int r = 0; r < tiles.rows[tile]; ++r)
    std::memcpy(static_cast<char*>(to) + r * stride, tiles.x[tile][r],
                static_cast<std::size_t>(tiles.bytes[tile]));
}

// int32 sums[m][n] += the products of int8 a[m][4 k + i] and b[k][4 n + i], over k and i.
inline void multiply_tiles(int sums, int a, int b) {
  for (const int tile : {sums, a, b}) check_tile(tile);
  if (sums == a || sums == b || a == b) fault("one tile twice in a product");
  if (tiles.rows[sums] != tiles.rows[a] || tiles.bytes[sums] != tiles.bytes[b] ||
      tiles.bytes[a] != 4 * tiles.rows[b])
    fault("a product of tiles that do not fit");
  for (int m = 0; m < tiles.rows[sums]; ++m) {
    std::int32_t row[16];
    std::memcpy(row, tiles.x[sums][m], sizeof row);
    for (int k = 0; k < tiles.rows[b]; ++k)
      for (int n = 0; n < tiles.bytes[sums] / 4; ++n)
        for (int i = 0; i < 4; ++i)
          row[n] += static_cast<std::int8_t>(tiles.x[a][m][4 * k + i]) *
                    static_cast<std::int8_t>(tiles.x[b][k][4 * n + i]);
    std::memcpy(tiles.x[sums][m], row, sizeof row);
  }
}

}  // namespace emulated

#undef _tile_dpbssd
#undef _tile_loadconfig
#undef _tile_loadd
#undef _tile_release
#undef _tile_stored
#define _tile_dpbssd emulated::multiply_tiles
#define _tile_loadconfig emulated::configure_tiles
#define _tile_loadd emulated::load_tile
#define _tile_release() (emulated::tiles = {})
#define _tile_stored emulated::store_tile
