// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "base/result.h"
#include "image/image.h"

namespace latent::raw {

/// One axis of darktable's grid: cores of one length touch each other, the last is what remains;
/// around every inner edge of two cores stands a band of twice `band` pixels over which the weight
/// goes linearly from one tile to the other.
///
/// Where the last core is shorter than the band, darktable writes beyond its picture; here the band
/// ends where the picture does (docs/compatibility.md, C1).
struct SeamAxis {
  int size = 0;
  int core = 0;
  int band = 0;

  [[nodiscard]] int count() const { return (size + core - 1) / core; }
  /// The part to which the tile gives something.
  [[nodiscard]] int begin(int tile) const;
  [[nodiscard]] int end(int tile) const;
  /// What it gives there; those of all tiles sum to 1.
  [[nodiscard]] float weight(int tile, int at) const;
};

/// Puts tiles of darktable's grid together, one row of them after the other; memory for one row.
class SeamStrip {
 public:
  /// Adds `weight` times its samples to a row: first..last are columns of the picture.
  using RowOf = std::function<void(int y, int first, int last, float* samples)>;
  using Take = std::function<Status(int first_row, ImageView<const float> rows)>;

  /// Errors   Unsupported  a core shorter than two bands, in which three tiles would overlap.
  ///          TooLarge     where memory is refused.
  [[nodiscard]] static Result<SeamStrip> create(Size area, int core, int band, int channels);

  [[nodiscard]] int columns() const { return across_.count(); }
  [[nodiscard]] int rows() const { return down_.count(); }

  /// Adds one tile; `row_of` fills the samples of one row of it, [last - first, channels]. Tiles
  /// come row by row.
  void add(int row, int column, const RowOf& row_of);

  /// After the last tile of a row: hands on the rows that are complete.
  [[nodiscard]] Status finish_row(int row, const Take& take);

 private:
  SeamAxis across_;
  SeamAxis down_;
  int channels_ = 1;
  int top_ = 0;  ///< of the picture, at the strip's first row
  Image<float> strip_;
};

}  // namespace latent::raw
