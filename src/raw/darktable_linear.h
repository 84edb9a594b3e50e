// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "image/linear_raw.h"
#include "image/tensor.h"
#include "raw/darktable_balance.h"
#include "raw/seam_strip.h"

namespace latent::raw {

/// What a linear_v1 or xtrans_v1 package says, as far as it concerns samples.
struct LinearContract {
  int tile = 512;
  int overlap = 32;
  bool match_gain = true;
  std::array<double, 3> balance{1, 1, 1};
  SpaceMatrices matrices;
  std::optional<double> target_mean;
};

/// A demosaiced picture in the space of a linear_v1 network, and back.
///
/// Threads  const functions from any thread.
class LinearSpace {
 public:
  /// The picture must outlive it. Measures the mean of the whole picture.
  LinearSpace(const LinearRaw& picture, const LinearContract& contract);

  /// Pixel (x, y) of the picture as the network sees it.
  [[nodiscard]] std::array<float, 3> at(int x, int y) const;

  /// Camera RGB over 0 black, 1 white, not balanced.
  [[nodiscard]] std::array<float, 3> camera_of(const std::array<float, 3>& pixel) const;

  /// Fills [1, 3, h, w]; what lies outside the picture is mirrored.
  void pack(const Rect& tile, TensorView planes) const;

  /// What the picture was brightened by: 1 to 100.
  [[nodiscard]] double boost() const { return boost_; }
  [[nodiscard]] const LinearRaw& picture() const { return *picture_; }

 private:
  const LinearRaw* picture_;
  std::array<float, 3> black_{};
  std::array<float, 3> scale_{};    ///< of a count above black
  std::array<float, 9> forward_{};  ///< balance, matrix and boost in one
  std::array<float, 9> back_{};
  double boost_ = 1;
};

/// darktable 5.6's arithmetic of linear_v1, tile by tile.
///
/// Source   docs/compatibility.md
/// Threads  one at a time.
class DarktableLinear {
 public:
  /// `space` must outlive it.
  ///
  /// Errors   as SeamStrip::create().
  [[nodiscard]] static Result<DarktableLinear> create(const LinearSpace& space,
                                                      const LinearContract& contract,
                                                      double strength);

  [[nodiscard]] int tiles() const { return strip_.columns() * strip_.rows(); }
  void pack(int index, TensorView planes) const;
  [[nodiscard]] Status add(int index, ConstTensorView input, ConstTensorView output);

  /// [h, w, 3]: 0 black, 65535 white, clipped to both.
  [[nodiscard]] Image<std::uint16_t>& result() { return result_; }

 private:
  DarktableLinear(const LinearSpace& space, const LinearContract& contract, double strength)
      : space_(&space), contract_(contract), strength_(static_cast<float>(strength)) {}
  [[nodiscard]] Rect tile_at(int index) const;

  const LinearSpace* space_;
  LinearContract contract_;
  float strength_;
  SeamStrip strip_;
  Image<std::uint16_t> result_;
};

}  // namespace latent::raw
