// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "base/limits.h"
#include "fill/fill_holes.h"
#include "tasks/picture/walk.h"

namespace latent::tasks {

/// Fills holes by a network. Colours come and go as encoded sRGB.
///
/// Threads  one call at a time.
class HoleNetwork {
 public:
  HoleNetwork() = default;
  HoleNetwork(const HoleNetwork&) = delete;
  HoleNetwork& operator=(const HoleNetwork&) = delete;
  virtual ~HoleNetwork() = default;

  [[nodiscard]] virtual const models::Package& package() const = 0;
  /// What the user should know of it.
  [[nodiscard]] virtual std::vector<std::string> notices() const = 0;
  /// The context filled, as fill::FillOne. What was learnt of the session goes into the report.
  ///
  /// Errors   as infer::open_tensor_session(); ModelMismatch where the answer is no picture.
  [[nodiscard]] virtual Result<fill::OneFilled> fill(const fill::OneHole& hole,
                                                     const RunControl& control,
                                                     TaskReport& report) = 0;
};

/// The steps of a finished picture that is erased from: its samples are changed in place, only
/// inside the holes, and then written as they are. `network` may be null: the built-in fill.
[[nodiscard]] std::unique_ptr<PictureSteps> erase_steps(std::shared_ptr<HoleNetwork> network,
                                                        const Limits& limits);

/// What the last run of such steps on a picture found.
[[nodiscard]] EraseReport erase_report_of(const PreparedPicture& picture,
                                          const PictureReport& written);

/// The numbers of filled parts.
void describe(const std::vector<fill::FilledPart>& parts, EraseReport& report);

}  // namespace latent::tasks
