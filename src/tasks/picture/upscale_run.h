// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "infer/tile_plan.h"
#include "rgb/gamut_guard.h"
#include "rgb/resample.h"
#include "tasks/network_session.h"
#include "tasks/picture/doors.h"
#include "tasks/picture/source.h"
#include "tasks/settings.h"

namespace latent::tasks {

/// From a picture in memory to finished rows of one region of it, enlarged, in the working
/// encoding: packs tiles, takes what the network gives off the bicubic enlargement, holds the
/// result to its source.
class UpscaleRun {
 public:
  /// Takes the rows of the enlarged region, top to bottom: [n, region width * scale, colours()].
  using TakeRows = std::function<Status(ImageView<const float> rows)>;

  /// What it looks at must outlive it, and it must stay where it is while run() goes on.
  ///
  /// Shapes   `region` inside the picture, not empty.
  /// Errors   as infer::TilePlan::create(); TooLarge where memory is refused.
  [[nodiscard]] static Result<UpscaleRun> create(const PictureSource& source,
                                                 const models::NetworkSpec& network,
                                                 const Rect& region,
                                                 const UpscaleSettings& settings,
                                                 const infer::TileOptions& tiles = {},
                                                 const PictureDoors& doors = {});

  [[nodiscard]] const infer::TilePlan& plan() const { return plan_; }

  /// Runs the network, which must be ready for the plan's tile, and hands on the rows.
  ///
  /// Errors   as infer::run_tiles() and those of `take`.
  [[nodiscard]] Status run(NetworkSession& network, const TakeRows& take, const RunControl& control,
                           TaskReport& report);

  /// Of the enlargement, before it is clipped to sRGB, reduced again against the source; absent
  /// where that was not asked for.
  [[nodiscard]] std::optional<double> consistency_rms() const;

 private:
  UpscaleRun(const PictureSource& source, const models::NetworkSpec& network, infer::TilePlan plan)
      : source_(&source), network_(&network), plan_(std::move(plan)) {}

  [[nodiscard]] Status take_residual(int first_row, ImageView<const float> residual,
                                     const TakeRows& take);
  [[nodiscard]] Status enlarge_less(int first_row, ImageView<const float> residual,
                                    ImageView<float> out) const;
  void become_answer(ImageView<const float> answer, ImageView<float> enlarged) const;
  [[nodiscard]] Status bound(int first_row, ImageView<float> rows) const;
  [[nodiscard]] Status hand_on(int first_row, ImageView<const float> rows, const TakeRows& take);

  const PictureSource* source_;
  const models::NetworkSpec* network_;
  infer::TilePlan plan_;
  rgb::GamutGuard guard_;
  WideGamut gamut_ = WideGamut::Preserve;
  bool bounded_ = true;  ///< Overshoot::Bounded
  PictureDoors doors_;
  float level_ = 0;
  Rect region_;
  int threads_ = 1;
  std::optional<rgb::Consistency> consistency_;
};

/// The region over which the network must run so that `region` comes out right.
[[nodiscard]] Rect upscale_region(Size picture, const Rect& region,
                                  const UpscaleSettings& settings);

/// How far from a pixel of the source its enlargement looks at others.
[[nodiscard]] int enlarging_reach(const models::NetworkSpec& network);

/// Alpha of rows of an enlarged region, and what their colours are multiplied by, both as
/// PictureSource::alpha(): bicubic, within 0..1. `first_row` counts rows of the result.
///
/// Shapes   out [n, region width * scale, 2].
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Status enlarge_alpha(const PictureSource& source, const Rect& region, int scale,
                                   int first_row, ImageView<float> out);

/// A region enlarged by the bicubic alone, grey three times: what is there without a network.
///
/// Shapes   out [region height * scale, region width * scale, 3].
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Status enlarge_plainly(const PictureSource& source, const Rect& region, int scale,
                                     ImageView<float> out);

/// The same of some rows of the enlarged region, from `first` on.
[[nodiscard]] Status enlarge_plain_rows(const PictureSource& source, const Rect& region, int scale,
                                        int first, ImageView<float> out);

}  // namespace latent::tasks
