// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/mosaic.h"

namespace latent::raw {

/// A site whose sample does not come from the scene: hot (leaks charge) or dead (sees nothing).
struct Defect {
  int x = 0;  ///< in the frame, which is the mosaic's active area
  int y = 0;
  std::uint16_t source = 0;    ///< as it stands in the file
  std::uint16_t repaired = 0;  ///< the median of the sites of its colour around it
  friend bool operator==(const Defect&, const Defect&) = default;
};

struct DefectReport {
  std::vector<Defect> defects;  ///< by rows, then columns
  int hot = 0;
  int dead = 0;
  int lines = 0;  ///< columns and rows among them
  /// Colours (R, G, B) of which nothing is repaired, because they stand out in so many more places
  /// than the others that the scene must be the reason: distant lights of one colour.
  bool spared[3] = {false, false, false};
  std::int64_t in_texture = 0;  ///< sites that were left, because they seek out texture
  std::int64_t too_many = 0;    ///< sites that stand out; so many that nothing was repaired
};

/// How sure a frame has to be of its own defects.
enum class DefectCare : std::uint8_t {
  Usual,
  Gentle  ///< they stand out twice as far: the camera's are known from other frames
};

/// Finds hot and dead sites. What tells them from a star or a glint is light that spreads: a lens
/// never lights one site alone. A site is called hot where
///   - it stands above the sites of its colour within two sites, two of which may be struck
///     themselves, by more than 5 sigma of the noise there (and 0.5 % of the range), by 3.5 times
///     what those differ among themselves and by what the sites of another colour there do, since
///     single points abound in fine texture and red and blue sites, few as they are, may miss it;
///     what noise alone makes them differ by is left out. Two that face each other across the site
///     are a line, not struck;
///   - the four sites beside it, of whatever colour, stand on average less than 5 % of that height
///     above their own surroundings, half a sigma of noise allowed for: a faint star's spread may
///     be hidden by more. Where one of the four stands out as it does, the other three have to be
///     dark beyond doubt; where more do, all that touches the cluster, to 1 % of the height.
/// Dead likewise, below, and near black. What struck sites hid of others beside them is looked at
/// again without them. All that is more than a single site by itself counts only where more seems
/// struck than stands out and spreads: else the frame shows stars. Columns and rows: find_defect_lines().
///
/// Guards. Blue and red are repaired only where they are not struck far more often than green,
/// which defects are not and coloured lights are. Where more than one site in 200 seems struck,
/// those in texture are left if they are more than its share of the frame explains. Where more
/// than 4 % still seem struck, nothing is repaired. The report says so.
///
/// Errors   as Encoder: levels that are none are the caller's affair; Unsupported where the mosaic
///          has no colour twice within two sites; TooLarge where memory is refused.
/// Threads  starts `threads` of its own; the result does not depend on how many.
[[nodiscard]] Result<DefectReport> find_defects(const Mosaic& mosaic, const NoiseModel& noise,
                                                int threads = 1,
                                                DefectCare care = DefectCare::Usual);

/// Sites of the frame that a file names as defective, in any order, as defects.
[[nodiscard]] std::vector<Defect> listed_defects(const Mosaic& mosaic, std::vector<Point> sites);

/// Puts the repaired values into the mosaic.
void repair(Mosaic& mosaic, std::span<const Defect> defects);

}  // namespace latent::raw
