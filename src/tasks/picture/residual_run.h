// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "image/tensor.h"
#include "infer/tile_plan.h"
#include "rgb/gamut_guard.h"
#include "rgb/noise_level.h"
#include "tasks/network_session.h"
#include "tasks/picture/doors.h"
#include "tasks/picture/source.h"

namespace latent::tasks {

/// What the network may be shown, by its manifest.
[[nodiscard]] rgb::GamutGuard guard_of(const models::NetworkSpec& network);

/// From a picture in memory to rows of what a denoising network takes away from an area of it:
/// packs tiles, and reads the answer.
class ResidualRun {
 public:
  struct Ways {
    WideGamut gamut = WideGamut::Preserve;
    PictureDoors doors;
    infer::TileOptions tiles;
    int threads = 1;
  };
  /// Takes rows of the area, top to bottom: [n, area width, 3], of grey pictures three alike.
  using TakeResidual = std::function<Status(ImageView<const float> residual)>;

  /// What it looks at must outlive it.
  ///
  /// Shapes   `area` inside the picture, not empty.
  /// Errors   as infer::TilePlan::create().
  [[nodiscard]] static Result<ResidualRun> create(const PictureSource& source,
                                                  const rgb::NoiseLevel& level,
                                                  const models::NetworkSpec& network,
                                                  const Rect& area, const Ways& ways);

  [[nodiscard]] const infer::TilePlan& plan() const { return plan_; }

  /// Runs the network, which must be ready for the plan's tile, and hands on the rows.
  ///
  /// Errors   as infer::run_tiles() and those of `take`.
  [[nodiscard]] Status run(NetworkSession& network, const TakeResidual& take,
                           const RunControl& control, TaskReport& report);

 private:
  ResidualRun(const PictureSource& source, const models::NetworkSpec& network, infer::TilePlan plan,
              const Ways& ways)
      : source_(&source), network_(&network), plan_(std::move(plan)), ways_(ways) {}

  [[nodiscard]] Status pack(const Rect& tile, TensorView planes) const;
  [[nodiscard]] Result<ImageView<const float>> residual_of(int first_row,
                                                           ImageView<const float> answer);

  const PictureSource* source_;
  const models::NetworkSpec* network_;
  infer::TilePlan plan_;
  Ways ways_;
  rgb::NoiseLevel level_;
  rgb::GamutGuard guard_;
  Image<float> residual_;  ///< of the rows of a network that gives a picture
};

}  // namespace latent::tasks
