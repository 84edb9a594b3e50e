// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "image/mosaic.h"
#include "image/tensor.h"
#include "raw/seam_strip.h"

namespace latent::raw {

/// What a bayer_v1 package says, as far as it concerns samples.
struct BayerContract {
  int tile = 512;              ///< T, packed pixels
  int overlap = 32;            ///< O, packed pixels
  bool force_rggb = true;      ///< planes R, G, G, B; else the 2x2 as it stands in the buffer
  bool mirror_cropped = true;  ///< with force_rggb: the mirror begins at a red site
  bool match_gain = true;
  std::array<float, 3> balance{1, 1, 1};
};

/// A site's count over 0 black, 1 white, white balanced, and back; nothing is clipped.
class SiteScale {
 public:
  /// Whose white holds: of each colour, or the smallest for all as darktable has one.
  enum class White : std::uint8_t { OfColour, Smallest };
  SiteScale(const Mosaic& mosaic, const std::array<float, 3>& balance, White white);

  [[nodiscard]] float normalised(float count, int x, int y, int colour) const {
    const std::size_t site = site_of(x, y);
    return (count - black_[site]) / range_[site] * balance_[static_cast<std::size_t>(colour)];
  }
  [[nodiscard]] float count(float normalised, int x, int y, int colour) const {
    const std::size_t site = site_of(x, y);
    return normalised / balance_[static_cast<std::size_t>(colour)] * range_[site] + black_[site];
  }
  [[nodiscard]] float white() const { return white_; }  ///< the smallest

 private:
  static std::size_t site_of(int x, int y) {
    return (static_cast<std::size_t>(y & 1) << 1U) | static_cast<std::size_t>(x & 1);
  }
  std::array<float, 4> black_{};
  std::array<float, 4> range_{};
  std::array<float, 3> balance_{};
  float white_ = 65535;
};

/// Where R stands in the 2x2 at the corner of the buffer.
///
/// Errors   Unsupported  a mosaic that is no Bayer.
[[nodiscard]] Result<Point> red_site(const Mosaic& mosaic);

/// Mean of all samples.
[[nodiscard]] double mean_of(ConstTensorView tensor);

/// darktable's gain of one tile: mean in over mean out; 1 where the latter is at most `least_out`.
[[nodiscard]] double darktable_gain(double mean_in, double mean_out, double least_out);

/// darktable 5.6's arithmetic of bayer_v1, tile by tile, whole sensor buffers.
///
/// Source   docs/compatibility.md
/// Threads  one at a time.
class DarktableBayer {
 public:
  /// The mosaic must outlive it. Its crop is what darktable calls the visible part.
  ///
  /// Errors   Unsupported  as red_site() and SeamStrip::create().
  [[nodiscard]] static Result<DarktableBayer> create(const Mosaic& mosaic,
                                                     const BayerContract& contract,
                                                     double strength);

  /// 0 where the picture is too small to have a packed pixel.
  [[nodiscard]] int tiles() const { return columns_ * rows_; }

  /// Shapes   planes [1, 4, T, T].
  void pack(int index, TensorView planes) const;

  /// The answer to a tile, in order: [1, 3, 2T, 2T].
  [[nodiscard]] Status add(int index, ConstTensorView input, ConstTensorView output);

  /// The whole buffer; sites that no tile touches are the source's, clipped to white.
  [[nodiscard]] Image<std::uint16_t>& result() { return result_; }

 private:
  DarktableBayer(const Mosaic& mosaic, const BayerContract& contract, double strength)
      : mosaic_(&mosaic),
        contract_(contract),
        scale_(mosaic, contract.balance, SiteScale::White::Smallest),
        strength_(static_cast<float>(strength)) {}

  void find_area();
  [[nodiscard]] int step() const { return contract_.tile - 2 * contract_.overlap; }

  const Mosaic* mosaic_;
  BayerContract contract_;
  SiteScale scale_;
  float strength_;
  Point red_;
  Rect area_;    ///< of the buffer, even sides: what tiles cover
  Rect mirror_;  ///< of the buffer: what is continued by mirroring
  int columns_ = 0;
  int rows_ = 0;
  SeamStrip strip_;
  Image<std::uint16_t> result_;
};

/// Our own way with bayer_v1: the active area is the frame, continued by mirroring over the margin
/// that the package wants; planes begin at a red site for every origin.
///
/// A plan counts in the extended frame: offset() stands there where the frame begins.
class BayerFrame {
 public:
  /// The mosaic must outlive it.
  ///
  /// Errors   as red_site().
  [[nodiscard]] static Result<BayerFrame> create(const Mosaic& mosaic,
                                                 const BayerContract& contract);

  [[nodiscard]] Point offset() const { return offset_; }
  [[nodiscard]] Size extended() const;

  /// Fills [1, 4, h / 2, w / 2] for a tile of the extended frame; its origin is even.
  void pack(const Rect& tile, TensorView planes) const;

  /// One row of the frame in counts. `answer` has three values a column, camera RGB as the network
  /// gave it, and `gain` is what it is multiplied by.
  void counts_of(int frame_x, int frame_y, std::span<const float> answer, float gain,
                 std::span<float> counts) const;

  /// What the least squares of a whole picture's gain need: sums over the sites of one tile that
  /// stand `margin` inside it and lie in the frame, not clipped.
  struct GainSums {
    double in_out = 0;
    double out_out = 0;
    double in_in = 0;
  };
  void add_to(GainSums& sums, const Rect& tile, int margin, ConstTensorView output) const;

 private:
  BayerFrame(const Mosaic& mosaic, const BayerContract& contract)
      : mosaic_(&mosaic),
        contract_(contract),
        scale_(mosaic, contract.balance, SiteScale::White::OfColour) {}
  [[nodiscard]] float sample(int frame_x, int frame_y, int* colour) const;

  const Mosaic* mosaic_;
  BayerContract contract_;
  SiteScale scale_;
  Point offset_;
};

}  // namespace latent::raw
