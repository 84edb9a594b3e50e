// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "fill/level.h"
#include "image/image.h"

namespace latent::fill {

/// Half a patch without its middle: patches have 7 x 7 pixels.
inline constexpr int kRadius = 3;
inline constexpr int kSide = 2 * kRadius + 1;

/// For the middle of every patch that touches the hole, the middle of the patch that is most like
/// it and lies outside.
struct Field {
  Rect area;                 ///< of the level: what the images below cover
  Image<std::int32_t> from;  ///< [h, w, 2]: x, y in the level; x below 0: no patch there
  Image<float> cost;         ///< mean squared difference of a sample
};

struct SearchSettings {
  int rounds = 4;      ///< over the whole field
  int reach = 0;       ///< how far the first random try lies away at most; 0: the whole level
  float tone = 0.05F;  ///< how much lighter or darker a patch may be made to fit
  /// What a source costs more for each time that the hole uses it beyond the first.
  float repeat = 0.002F;
  int period = 1;  ///< shifts are multiples of it: the period of a mosaic
  std::uint32_t seed = 1;
  int threads = 1;
};

/// What a level offers, and what patches of it look like.
class Patches {
 public:
  /// `far` is what a source costs that lies as far away as the hole is wide: what is near is more
  /// likely to go on. It grows with the square of the distance.
  ///
  /// Errors   TooLarge where memory is refused.
  [[nodiscard]] static Result<Patches> of(const Level& level, float far);

  /// Whether any patch may be taken.
  [[nodiscard]] bool any() const { return sources_ > 0; }
  [[nodiscard]] bool is_source(int x, int y) const { return source_.view().at(x, y) != 0; }

  /// Those of the hole at random, or where the coarser level found them.
  ///
  /// Errors   TooLarge where memory is refused.
  [[nodiscard]] Result<Field> begin(const Level& level, const Field* coarser,
                                    const SearchSettings& settings) const;

  /// Takes the means of patches anew, after the pixels of the hole have changed.
  void refresh(const Level& level, const Field& field);

  /// Counts how often the field uses each source, for the cost of repeating it; half of what was
  /// counted before is kept, so that sources do not empty all at once.
  ///
  /// Errors   TooLarge where memory is refused.
  /// Source   Kaspar and others, "Self Tuning Texture Optimization", Eurographics 2015 (spatial
  ///          uniformity).
  [[nodiscard]] Status count_uses(const Field& field);

  /// Improves the field: neighbours' shifts, then random tries around the best, nearer and nearer.
  /// The result does not depend on the number of threads.
  ///
  /// Errors   Cancelled.
  /// Source   Barnes and others, "PatchMatch", SIGGRAPH 2009.
  [[nodiscard]] Status search(const Level& level, Field& field, const SearchSettings& settings,
                              const RunControl& control) const;

  /// How much lighter the patch at `to` is than that at `from`, kept within `tone`; [4].
  void tone_between(Point to, Point from, float tone, float* out) const;

 private:
  [[nodiscard]] float cost(const Level& level, Point to, Point from, const SearchSettings& settings,
                           float best) const;
  /// One round over the field's rows [first, last), forwards or backwards.
  struct Sweep {
    int round = 0;
    int step = 1;  ///< 1 or -1
    int first = 0;
    int last = 0;
  };

  void find_sources(const Level& level);
  [[nodiscard]] bool is_source_inside(Point at) const {
    return at.x >= 0 && at.y >= 0 && at.x < source_.width() && at.y < source_.height() &&
           is_source(at.x, at.y);
  }
  /// Where the coarser level found it, or one at random.
  [[nodiscard]] Point first_source(Point at, const Field* coarser, std::uint32_t random) const;
  /// A source at a multiple of the period from `at`, `start` or near it if it is one.
  [[nodiscard]] std::optional<Point> in_step(Point start, Point at, int period,
                                             std::uint32_t random) const;
  void search_band(const Level& level, Field& field, const SearchSettings& settings,
                   const Sweep& sweep) const;
  void try_neighbours(const Level& level, Field& field, Point at, const SearchSettings& settings,
                      const Sweep& sweep) const;
  void try_around(const Level& level, Field& field, Point at, const SearchSettings& settings,
                  const Sweep& sweep) const;
  void try_at(const Level& level, Field& field, Point at, Point from,
              const SearchSettings& settings) const;

  Image<std::uint8_t> source_;
  Image<float> means_;  ///< [h, w, 4], of the patch around
  Image<float> uses_;   ///< of a source, mean over cells of kCell pixels a side; at first empty
  float far_ = 0;       ///< cost of a squared pixel of distance
  std::int64_t sources_ = 0;
  std::vector<Point> some_;  ///< sources, spread over the level
};

}  // namespace latent::fill
