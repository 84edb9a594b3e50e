// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/preview_pieces.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace latent::app {

namespace {

/// Rectangles counted in cells of kPieceStep.
class Cells {
 public:
  explicit Cells(Size picture)
      : picture_(picture),
        across_((picture.width + kPieceStep - 1) / kPieceStep),
        down_((picture.height + kPieceStep - 1) / kPieceStep),
        done_(static_cast<std::size_t>(across_) * static_cast<std::size_t>(down_)) {}

  /// The cells that a region touches.
  [[nodiscard]] Rect touched(const Rect& region) const {
    const Rect inside = region.intersection({0, 0, picture_.width, picture_.height});
    if (inside.empty()) return {};
    const int left = inside.x / kPieceStep;
    const int top = inside.y / kPieceStep;
    return {left, top, (inside.right() - 1) / kPieceStep + 1 - left,
            (inside.bottom() - 1) / kPieceStep + 1 - top};
  }

  [[nodiscard]] Rect pixels(const Rect& cells) const {
    return Rect{cells.x * kPieceStep, cells.y * kPieceStep, cells.width * kPieceStep,
                cells.height * kPieceStep}
        .intersection({0, 0, picture_.width, picture_.height});
  }

  /// Those that lie inside the region as a whole are done.
  void mark(const Rect& region) {
    const Rect cells = touched(region);
    for (int y = cells.y; y < cells.bottom(); ++y) {
      for (int x = cells.x; x < cells.right(); ++x) {
        const Rect cell = pixels({x, y, 1, 1});
        if (cell.intersection(region) == cell) at(x, y) = 1;
      }
    }
  }

  [[nodiscard]] bool all_done(const Rect& cells) const {
    for (int y = cells.y; y < cells.bottom(); ++y) {
      for (int x = cells.x; x < cells.right(); ++x) {
        if (at(x, y) == 0) return false;
      }
    }
    return true;
  }

  /// A rectangle of cells that are not done, from the first of them on; empty where all are.
  [[nodiscard]] Rect first_gap(const Rect& cells) const {
    for (int y = cells.y; y < cells.bottom(); ++y) {
      for (int x = cells.x; x < cells.right(); ++x) {
        if (at(x, y) != 0) continue;
        Rect gap{x, y, 1, 1};
        while (gap.right() < cells.right() && at(gap.right(), y) == 0) ++gap.width;
        while (gap.bottom() < cells.bottom() && is_open(gap.x, gap.right(), gap.bottom())) {
          ++gap.height;
        }
        return gap;
      }
    }
    return {};
  }

 private:
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(across_) +
           static_cast<std::size_t>(x);
  }
  [[nodiscard]] char at(int x, int y) const { return done_[index(x, y)]; }
  [[nodiscard]] char& at(int x, int y) { return done_[index(x, y)]; }
  [[nodiscard]] bool is_open(int first, int last, int y) const {
    for (int x = first; x < last; ++x) {
      if (at(x, y) != 0) return false;
    }
    return true;
  }

  Size picture_;
  int across_;
  int down_;
  std::vector<char> done_;
};

/// Halves rectangles of cells until none has more pixels than that.
void add_halved(const Rect& cells, const Cells& grid, std::int64_t most_pixels,
                std::vector<Rect>& pieces) {
  const Rect region = grid.pixels(cells);
  const bool wide = cells.width >= cells.height;
  const int longest = std::max(cells.width, cells.height);
  if (region.size().area() <= most_pixels || longest == 1) {
    pieces.push_back(region);
    return;
  }
  const int half = (longest + 1) / 2;
  if (wide) {
    add_halved({cells.x, cells.y, half, cells.height}, grid, most_pixels, pieces);
    add_halved({cells.x + half, cells.y, cells.width - half, cells.height}, grid, most_pixels,
               pieces);
  } else {
    add_halved({cells.x, cells.y, cells.width, half}, grid, most_pixels, pieces);
    add_halved({cells.x, cells.y + half, cells.width, cells.height - half}, grid, most_pixels,
               pieces);
  }
}

/// All gaps of those cells as pieces; afterwards they are done.
void fill_gaps(const Rect& cells, std::int64_t most_pixels, Cells& grid,
               std::vector<Rect>& pieces) {
  for (Rect gap = grid.first_gap(cells); !gap.empty(); gap = grid.first_gap(cells)) {
    add_halved(gap, grid, most_pixels, pieces);
    grid.mark(grid.pixels(gap));
  }
}

void sort_by_distance(std::vector<Rect>& pieces, const Rect& to) {
  const auto distance = [&](const Rect& piece) {
    const auto dx = std::int64_t{2} * (piece.x - to.x) + piece.width - to.width;
    const auto dy = std::int64_t{2} * (piece.y - to.y) + piece.height - to.height;
    return dx * dx + dy * dy;
  };
  std::ranges::stable_sort(pieces, {}, distance);
}

/// Asks for what is visible; `grid` then holds what is there or asked for.
std::vector<Rect> ask_visible(const PieceWish& wish, Cells& grid) {
  std::vector<Rect> pieces;
  for (const ShownPiece& piece : wish.there) {
    if (piece.fresh) grid.mark(piece.region);
  }
  const auto ask_again = [&](const Rect& region) {
    const Rect seen = region.intersection(wish.visible);
    if (seen.empty() || grid.all_done(grid.touched(seen))) return;
    pieces.push_back(region);
    grid.mark(region);
  };
  for (auto piece = wish.there.rbegin(); piece != wish.there.rend(); ++piece) {
    if (piece->fresh) continue;
    std::vector<Rect> parts{piece->region};
    if (wish.most_again > 0) {
      parts.clear();
      add_halved(grid.touched(piece->region), grid, wish.most_again, parts);
    }
    for (const Rect& part : parts) ask_again(part);
  }
  for (const Rect& region : wish.asked) {
    const Rect seen = region.intersection(wish.visible);
    if (2 * seen.size().area() >= region.size().area()) ask_again(region);
  }
  fill_gaps(grid.touched(wish.visible), wish.most_pixels, grid, pieces);
  sort_by_distance(pieces, wish.visible);
  return pieces;
}

}  // namespace

std::vector<Rect> visible_pieces(const PieceWish& wish) {
  Cells grid(wish.picture);
  return ask_visible(wish, grid);
}

std::vector<Rect> other_pieces(const PieceWish& wish) {
  Cells grid(wish.picture);
  for (const Rect& region : ask_visible(wish, grid)) grid.mark(region);
  const double side = std::sqrt(static_cast<double>(wish.most_pixels));
  const int cells = std::max(1, static_cast<int>(side) / kPieceStep);
  std::vector<Rect> pieces;
  const Rect all = grid.touched({0, 0, wish.picture.width, wish.picture.height});
  for (int y = 0; y < all.height; y += cells) {
    for (int x = 0; x < all.width; x += cells) {
      fill_gaps(Rect{x, y, cells, cells}.intersection(all), wish.most_pixels, grid, pieces);
    }
  }
  sort_by_distance(pieces, wish.visible);
  return pieces;
}

bool is_covered(const Rect& region, Size picture, std::span<const ShownPiece> there) {
  Cells grid(picture);
  for (const ShownPiece& piece : there) {
    if (piece.fresh) grid.mark(piece.region);
  }
  const Rect cells = grid.touched(region);
  return !cells.empty() && grid.all_done(cells);
}

}  // namespace latent::app
