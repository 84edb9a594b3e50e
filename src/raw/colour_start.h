// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "image/mosaic.h"
#include "raw/encode.h"

namespace latent::raw {

/// Counts that stand for a mosaic's samples: `row(y)` points at those of the row y of the frame, from
/// `first_column` of the frame on. Without a function the samples are taken.
struct CleanedCounts {
  std::function<const float*(int y)> row = {};
  int first_column = 0;
};

/// Three colours at every site, in the domain of the network: what a demosaicing network improves
/// on. Fine detail is assumed to be grey: the difference of a site's u from the mean of its own colour
/// around it is added to the mean of every colour.
///
///     mean_c = sum of tent * u over sites of colour c in 9x9 / sum of tent,   tent = 1 2 3 4 5 4 3 2 1
///     start_c = mean_c + (u - mean_own),   start_own = u
///
/// It is linear, needs no case for any pattern, and is the same for a site whatever tile it is made
/// for; beyond the frame samples and colours are mirrored together, as in pack(). Where a colour
/// does not occur within 9x9 sites its mean counts as 0. Its twin for training is
/// training/latent_train/full_colour.py.
///
/// Rows are cheap when they are asked for one after the other.
///
/// Threads  one at a time.
class ColourStart {
 public:
  static constexpr int kReach = 4;

  /// For the columns [first_column, first_column + width) of the frame, which may lie beyond it.
  /// Mosaic and encoder must outlive it.
  ColourStart(const Mosaic& mosaic, const Encoder& encoder, int first_column, int width,
              CleanedCounts counts = {});

  /// One row, a value for each column.
  struct Row {
    std::span<const float> u;
    std::array<std::span<const float>, 3> start;
    std::array<std::span<const float>, 3> is;  ///< 1 where the site has that colour, else 0
    std::span<const float> sigma_u;
  };

  /// The row `y` of the frame, which may lie beyond it; valid until the next call.
  [[nodiscard]] Row row(int y);

 private:
  /// What depends on the row's place in the pattern only; `kReach` columns more on both sides where
  /// it says wide.
  struct Code {
    std::vector<float> scale;                  ///< wide
    std::vector<float> shift;                  ///< wide
    std::array<std::vector<float>, 3> is;      ///< wide
    std::array<std::vector<float>, 3> weight;  ///< sums of the tent over sites of that colour
    std::vector<float> sigma_u;
  };
  /// A row, summed up along it.
  struct Summed {
    int y = 0;
    bool filled = false;
    const Code* code = nullptr;
    std::vector<float> u;
    std::array<std::vector<float>, 3> sum;
  };

  [[nodiscard]] const Code& code_of(int frame_y);
  [[nodiscard]] const Summed& summed(int y);

  const Mosaic& mosaic_;
  const Encoder& encoder_;
  CleanedCounts given_;
  std::size_t width_;
  std::vector<int> columns_;  ///< of the frame, mirrored; wide
  std::map<int, Code> codes_;
  std::array<Summed, 2 * kReach + 1> rows_;
  std::vector<float> counts_;   ///< wide; of one row, then its u
  std::vector<float> balance_;  ///< wide, where greens are balanced; else empty
  std::vector<float> masked_;   ///< wide
  std::array<std::vector<float>, 3> start_;
};

}  // namespace latent::raw
