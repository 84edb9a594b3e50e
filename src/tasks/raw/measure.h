// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "image/linear_raw.h"
#include "raw/defects.h"
#include "tasks/raw/picture.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

// What is measured of a raw once, over all of it.
namespace latent::tasks {

/// One colour of a linear picture as a monochrome sensor would see it: what a CFA network takes.
///
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Result<Mosaic> channel_of(const LinearRaw& picture, int channel);

/// Measures the noise of each colour by itself.
///
/// Errors   as channel_of() and raw::estimate_noise().
[[nodiscard]] Result<NoiseModel> estimate_noise_by_channel(const LinearRaw& picture, int threads);

/// The file's own noise profile, else an estimate.
///
/// Errors   as raw::estimate_noise().
[[nodiscard]] Result<NoiseModel> noise_of(const RawPicture& picture, int threads);

/// Hot and dead sites of a mosaic, and what is to be said of them.
struct Repair {
  std::vector<raw::Defect> defects;
  int hot = 0;
  int dead = 0;
  std::vector<std::string> notices;
};

/// Finds hot and dead sites in the whole frame, so that a region gets what the whole run would, and
/// repairs them in the mosaic.
///
/// Errors   as raw::find_defects().
[[nodiscard]] Result<Repair> repaired(Mosaic& mosaic, const NoiseModel& noise, int threads);

/// Puts back what the file had there.
void undo(const Repair& repair, Mosaic& mosaic);

}  // namespace latent::tasks
