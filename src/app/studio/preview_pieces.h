// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/geometry.h"

// Which parts of a photograph a preview computes next. A network sees a rim around each part (for
// raws three hundred pixels wide), so a few parts that fit what is on the screen cost a fraction of
// many small ones on a fixed grid.
namespace latent::app {

/// Pieces begin and end at multiples of this, or with the picture.
inline constexpr int kPieceStep = 128;

/// What is there already, oldest first.
struct ShownPiece {
  Rect region;
  bool fresh = false;  ///< of the present settings; else the task has kept what the network gave
};

struct PieceWish {
  Size picture;
  Rect visible;                  ///< inside the picture
  std::int64_t most_pixels = 0;  ///< of a piece
  /// Of a part of a piece of earlier settings, where the task can show such parts without a network;
  /// 0: pieces are asked for again as they were.
  std::int64_t most_again = 0;
  std::vector<ShownPiece> there;  ///< as they were computed
  std::vector<Rect> asked;        ///< what was asked for last, part of which may be under way
};

/// Pieces that together show what is visible and not fresh, the nearest to its middle first. Pieces
/// of earlier settings are asked for again, since that needs no network; what was asked for and lies mostly in sight is asked for again, so that moving about stops nothing useful.
[[nodiscard]] std::vector<Rect> visible_pieces(const PieceWish& wish);

/// Pieces of the rest of the picture, the nearest first.
[[nodiscard]] std::vector<Rect> other_pieces(const PieceWish& wish);

/// Whether fresh pieces cover all of the region.
[[nodiscard]] bool is_covered(const Rect& region, Size picture, std::span<const ShownPiece> there);

}  // namespace latent::app
