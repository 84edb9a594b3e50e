// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "image/tensor.h"
#include "infer/tile_plan.h"
#include "rgb/detail.h"
#include "rgb/gamut_guard.h"
#include "tasks/darktable/picture.h"
#include "tasks/network_session.h"
#include "tasks/picture/source.h"
#include "tasks/settings.h"

namespace latent::tasks {

/// From a picture in memory to finished rows of one region of it, in the working encoding: packs
/// tiles, mixes what the network takes away, and takes it off the source.
class DenoiseRun {
 public:
  /// Takes the rows of the region, top to bottom: [n, region width, colours()].
  using TakeRows = std::function<Status(ImageView<const float> rows)>;

  /// What it looks at must outlive it.
  ///
  /// Shapes   `region` inside the picture, not empty.
  /// Errors   as infer::TilePlan::create(); TooLarge where memory is refused.
  [[nodiscard]] static Result<DenoiseRun> create(
      const PictureSource& source, const rgb::NoiseLevel& level, const models::NetworkSpec& network,
      const Rect& region, const DenoiseSettings& settings, const infer::TileOptions& tiles = {},
      const DarktableDoors& doors = {});

  [[nodiscard]] const infer::TilePlan& plan() const { return plan_; }

  /// Runs the network, which must be ready for the plan's tile, and hands on the rows.
  ///
  /// Errors   as infer::run_tiles() and those of `take`.
  [[nodiscard]] Status run(NetworkSession& network, const TakeRows& take, const RunControl& control,
                           TaskReport& report);

 private:
  DenoiseRun(const PictureSource& source, const models::NetworkSpec& network, infer::TilePlan plan)
      : source_(&source), network_(&network), plan_(std::move(plan)) {}

  [[nodiscard]] Status pack(const Rect& tile, TensorView planes) const;
  [[nodiscard]] Result<ImageView<const float>> residual_of(int first_row,
                                                           ImageView<const float> answer);
  [[nodiscard]] Status take_residual(ImageView<const float> residual, const TakeRows& take);
  [[nodiscard]] Status keep_residual(int first_row, ImageView<const float> residual);
  [[nodiscard]] Status finish_darktable(const TakeRows& take);
  [[nodiscard]] Status take_off(int first_row, ImageView<const float> taken, const TakeRows& take);

  const PictureSource* source_;
  const models::NetworkSpec* network_;
  infer::TilePlan plan_;
  rgb::NoiseLevel level_;
  rgb::GamutGuard guard_;
  rgb::Mix mix_;
  Rect region_;
  WideGamut gamut_ = WideGamut::Preserve;
  int threads_ = 1;
  int taken_ = 0;  ///< rows of the plan's region that came in
  DarktableDoors doors_;
  Image<float> residual_;  ///< of the rows of a network made for darktable
  std::optional<rgb::DetailFilter> filter_;
  bool darktable_ = false;
  Image<float> kept_;  ///< the whole residual; for darktable's thresholds only
};

/// The region over which the network must run so that `region` comes out right.
[[nodiscard]] Rect network_region(Size picture, const Rect& region,
                                  const DenoiseSettings& settings);

}  // namespace latent::tasks
