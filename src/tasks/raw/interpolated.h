// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/manifest/manifest.h"
#include "tasks/raw/network.h"

namespace latent::tasks {

/// Three colours of a mosaic by a network that keeps the mosaic: what it cleans is interpolated in
/// the domain of the network (raw::ColourStart), row by row. For packages without a network that
/// demosaics, and for pictures with colour fringes, which are corrected between the two.
class InterpolatedColours final : public RawNetwork {
 public:
  /// `limits`: of the network, which must outlive it.
  /// `at_once`: the network of the package that demosaics, for pictures in which no fringes are
  ///            corrected; null: none. It must outlive this, too.
  InterpolatedColours(RawNetwork& network, const models::EncodingLimits& limits,
                      RawNetwork* at_once)
      : network_(network), limits_(limits), at_once_(at_once) {}

  [[nodiscard]] std::vector<std::string> notices() const override { return network_.notices(); }
  [[nodiscard]] Status begin(Size frame, const Rect& area) override;
  [[nodiscard]] Status begin_shown(Size frame) override { return likely().begin_shown(frame); }
  [[nodiscard]] Status ready_shown(Size frame) override { return likely().ready_shown(frame); }
  [[nodiscard]] Status clean(RawPicture& picture, const CleanRequest& request,
                             const TakeClean& take, const RunControl& control,
                             RawDenoiseReport& report) override;

 private:
  /// What is compiled before the fringes were measured: most pictures have none to be corrected.
  [[nodiscard]] RawNetwork& likely() const { return at_once_ != nullptr ? *at_once_ : network_; }

  RawNetwork& network_;
  models::EncodingLimits limits_;
  RawNetwork* at_once_;
};

}  // namespace latent::tasks
