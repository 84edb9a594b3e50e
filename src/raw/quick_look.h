// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "image/mosaic.h"
#include "raw/defect_sites.h"

namespace latent::raw {

/// Tells in counts and without branches which few sites may be defects, so that the rest, which is
/// nearly all, is never looked at closely. All that `find_defects` would find passes.
///
/// Holds on to `sites`, which must outlive it. Threads: any, as nothing changes.
class QuickLook {
 public:
  static constexpr int kChunk = 192;  ///< columns at once; a multiple of 2, 3, 6 and 64

  /// How far a count must stand out from its surroundings, the two farthest of them left aside, to
  /// be looked at: never more than find_defects asks for. In counts.
  struct Bar {
    float margin = 0;
    float square = 0;           ///< of the distance, where it is darkest
    float per_count = 0;        ///< what a count above black adds to that
    float black = 0;            ///< the highest that there is
    float least_black = 65535;  ///< the lowest
    float noise_square = 0;     ///< the square of what noise makes surroundings differ by at most
    float noise_per_count = 0;  ///< what a count above black adds to that
  };

  /// One neighbour within the radius, for a row of the pattern: which columns of a chunk it shares
  /// its colour with, as 0xFFFF and 0.
  struct Neighbour {
    Point offset;
    std::array<std::uint16_t, kChunk> same{};
  };

  QuickLook(const Sites& sites, const Mosaic& mosaic);

  /// Sets marks[x] to 1 for the columns of row `y` that may stand out, at the frame's edge for all,
  /// and to 0 for others. `marks` is as long as a row.
  void mark_row(int y, std::span<std::uint8_t> marks) const;

  /// Whether a site stands out from all sites of its colour around it.
  [[nodiscard]] bool stands_out(int x, int y) const;

 private:
  const Sites& sites_;
  Bar bar_;
  bool of_two_ = false;                             ///< a pattern of one or two columns and rows
  std::vector<std::vector<Neighbour>> neighbours_;  ///< one list for each row of other patterns
};

}  // namespace latent::raw
