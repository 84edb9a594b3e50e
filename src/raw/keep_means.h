// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "image/mosaic.h"

namespace latent::raw {

/// Keeps the coarse means of each colour where the source has them: a network that gives a flat
/// place another tint than its samples have is corrected by what they say (decision 13).
///
/// Noise has no mean. So the mean of (source - denoised) over many sites is what the network moved
/// them by, whatever the scene. It is taken over cells of 32 px together with those nearby that
/// show about the same colours, since a network errs alike where it sees alike, and added to the
/// denoised samples, by so much less as chance alone may have made it: half of it where 3600 sites
/// are alike, next to nothing in a single cell of texture.
///
/// Both sides are means of samples that are clipped at white (HighlightCurve comes after). Rows go
/// by from top to bottom; one can be corrected when those that kReach cells below it have come.
///
/// Threads  one at a time.
class MeanKeeper {
 public:
  static constexpr int kCell = 32;  ///< px; cells are counted from the corner of the frame
  static constexpr int kReach = 6;  ///< cells: how far those lie that are asked too

  /// The part of the frame that has to be looked at so that `area` becomes what it is in the whole.
  [[nodiscard]] static Rect needed(const Rect& area, Size frame);

  /// `seen`: the part of the frame (the mosaic's active area) whose rows are handed in, as from
  /// needed(). `noise`: that of the mosaic. The mosaic, repaired already, must outlive it.
  MeanKeeper(const Mosaic& mosaic, const Rect& seen, const NoiseModel& noise);

  /// Takes note of the row `y` of `seen`, the next one: denoised counts, a value for each column.
  void add_row(int y, std::span<const float> denoised);

  /// How many rows of `seen`, from the top, can be corrected: all when all have come.
  [[nodiscard]] int ready() const;

  /// Adds what was found to the row `y` of `seen`, between the middles of cells by linear
  /// interpolation. 0 <= y < ready().
  void correct_row(int y, std::span<float> denoised) const;

  /// The same for one colour that stands in every column: what a demosaicing network gives.
  void correct_colour(int y, std::size_t colour, std::span<float> denoised) const;

 private:
  /// Sums over the sites of one colour in a cell.
  struct Sums {
    double count = 0;
    double denoised = 0;
    double moved = 0;   ///< source - denoised
    double square = 0;  ///< of that
  };
  using Colours = std::array<float, 3>;

  /// Of each column of a row of the area, over the rows of a cell that have the same pattern.
  struct ColumnSums {
    std::vector<float> denoised;
    std::vector<float> moved;
    std::vector<float> square;
  };
  /// Which columns of a row of the pattern are of which colour: 1 and 0; empty where none is.
  using Masks = std::array<std::vector<float>, 3>;

  [[nodiscard]] std::size_t row_of_pattern(int y) const {
    return static_cast<std::size_t>(y) % masks_.size();
  }
  void end_row_of_cells(int cell_y);
  /// Adds what the colour was moved by, where `mask` is 1.
  void correct(int y, std::size_t colour, const std::vector<float>& mask,
               std::span<float> denoised) const;
  void solve_row(int cell_y);
  [[nodiscard]] Colours look_of(std::size_t cell) const;
  /// What the cells around that look alike sum up to; `square` by the square of their weight.
  [[nodiscard]] std::array<Sums, 3> alike_around(int cell_x, int cell_y) const;
  /// What to add, in counts, where a colour looks like that.
  [[nodiscard]] float lost_by(std::size_t colour, const Sums& sums, float look) const;

  const Mosaic* mosaic_;
  NoiseModel noise_;
  Rect seen_;
  Size cells_;
  std::vector<Masks> masks_;         ///< for each row of the pattern
  std::vector<ColumnSums> columns_;  ///< likewise, of the row of cells that is being filled
  std::vector<int> rows_;            ///< likewise, rows that are in it
  std::vector<float> everywhere_;    ///< 1 in each column
  std::array<double, 3> black_{};
  std::array<double, 3> range_{1, 1, 1};
  std::vector<std::array<Sums, 3>> sums_;
  int solved_ = 0;              ///< rows of cells
  std::vector<Colours> looks_;  ///< the square root of what each colour shows, in (white - black)
  std::vector<Colours> added_;  ///< counts
};

}  // namespace latent::raw
