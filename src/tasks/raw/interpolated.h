// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/manifest/manifest.h"
#include "tasks/raw/network.h"

namespace latent::tasks {

/// Three colours of a mosaic by a network that keeps the mosaic: what it cleans is interpolated in
/// the domain of the network (raw::ColourStart), row by row. For packages without a network that
/// demosaics.
class InterpolatedColours final : public RawNetwork {
 public:
  /// `limits`: of the network, which must outlive it.
  InterpolatedColours(RawNetwork& network, const models::EncodingLimits& limits)
      : network_(network), limits_(limits) {}

  [[nodiscard]] std::vector<std::string> notices() const override { return network_.notices(); }
  [[nodiscard]] Status begin(Size frame, const Rect& area) override;
  [[nodiscard]] Status begin_shown(Size frame) override { return network_.begin_shown(frame); }
  [[nodiscard]] Status ready_shown(Size frame) override { return network_.ready_shown(frame); }
  [[nodiscard]] Status clean(RawPicture& picture, const CleanRequest& request,
                             const TakeClean& take, const RunControl& control,
                             RawDenoiseReport& report) override;

 private:
  RawNetwork& network_;
  models::EncodingLimits limits_;
};

}  // namespace latent::tasks
