// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "models/manifest/manifest.h"

namespace latent::infer {

/// What may be chosen about a tile plan. The network's own numbers come from its manifest.
struct TileOptions {
  int max_side_px = 0;           ///< 0: as the budget allows
  std::size_t memory_bytes = 0;  ///< for one tile in flight; 0: as default_tile_area()
  /// Limits::max_memory_bytes, of which half is for what is planned here: an eighth for each of
  /// three tiles in flight, an eighth for a row of them put together. 0: free.
  std::size_t most_bytes = 0;
  Size exact{};       ///< every tile of this size, sides multiples of the stride; {}: free
  int blend_px = 16;  ///< width of the band over which two tiles are mixed
  /// The frame is continued by mirroring so far beyond its borders, rounded up to the stride: for
  /// networks that were not made to end with the frame.
  int margin_px = 0;
  /// The frame is continued until a tile of the size `exact` fits, for networks that take no other.
  bool whole_tiles = false;
};

/// Pixels of a tile where neither side nor memory is given: what kDefaultTileBytes hold of this
/// network, kEnlargingTileBytes of one that enlarges, by the precision that needs the most memory;
/// at most four megapixels, and at least a square of six reaches a side, below which most of a tile
/// would be surroundings, and of 256 pixels. A pixel costs the same in all of them
/// (bench/infer/README.md): larger tiles only compute fewer pixels twice.
///
/// A row of tiles, put together, takes kMostStripBytes at most: tiles of a wide frame that is
/// enlarged are rather wide than high.
inline constexpr std::size_t kDefaultTileBytes = std::size_t{320} << 20U;
inline constexpr std::size_t kEnlargingTileBytes = std::size_t{144} << 20U;
inline constexpr std::size_t kMostStripBytes = std::size_t{384} << 20U;
[[nodiscard]] std::int64_t default_tile_area(const models::NetworkSpec& network);

/// Along one axis, one tile: where it is cut from the frame, and which part of the result it gives.
struct TileSpan {
  int input = 0;       ///< first frame coordinate of the tile
  int first = 0;       ///< first result coordinate with a weight above 0
  int last = 0;        ///< one past the last
  int rise_first = 0;  ///< weight rises over [rise_first, rise_last); equal: no neighbour before
  int rise_last = 0;
  int fall_first = 0;  ///< weight falls over [fall_first, fall_last); equal: no neighbour after
  int fall_last = 0;

  /// Weight of this tile at a coordinate: a raised cosine over the bands, 1 between, 0 outside. The
  /// weights of all tiles of an axis sum to 1 at every coordinate of the region.
  [[nodiscard]] float weight(int coordinate) const;

  /// The same span, counted in pixels of the frame enlarged by a whole number.
  [[nodiscard]] TileSpan enlarged(int scale) const;
};

/// How a frame, or a region of it, is cut into tiles of one size.
///
/// Frame coordinates throughout: (0, 0) is the first pixel that the network may see, and the frame
/// is continued by mirroring (mirror_index()) up to a multiple of the stride. Every tile begins at
/// a multiple of the stride. A result pixel is taken from a tile only where it stands at least
/// `reach_px` from the tile's edge, except where that edge is the edge of the continued frame:
/// there the network ends in a run over the whole frame too. So the result depends on the grid by
/// less than what the reach was measured for.
///
/// Tiles are listed row by row, left to right.
class TilePlan {
 public:
  /// Chooses the grid with the fewest computed pixels that the options allow.
  ///
  /// Shapes   region is inside [0, 0, frame.width, frame.height] and not empty.
  /// Errors   Usage     an empty region or one outside the frame; a side or budget too small for
  /// the
  ///                    network's reach (the sentence names the smallest).
  ///          TooLarge  most_bytes hold no tile that works; the sentence names the limit that
  ///          would.
  [[nodiscard]] static Result<TilePlan> create(const models::NetworkSpec& network, Size frame,
                                               const Rect& region, const TileOptions& options = {});

  [[nodiscard]] Size frame() const { return frame_; }
  [[nodiscard]] const Rect& region() const { return region_; }
  [[nodiscard]] Size tile() const { return tile_; }
  [[nodiscard]] const std::vector<TileSpan>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<TileSpan>& rows() const { return rows_; }
  [[nodiscard]] int tile_count() const { return static_cast<int>(columns_.size() * rows_.size()); }

  /// Input of one tile in frame coordinates; may reach beyond the frame (mirror there).
  [[nodiscard]] Rect input(int row, int column) const;

  /// Computed pixels over pixels of the region.
  [[nodiscard]] double redundancy() const;

 private:
  Size frame_;
  Rect region_;
  Size tile_;
  std::vector<TileSpan> columns_;
  std::vector<TileSpan> rows_;
};

}  // namespace latent::infer
