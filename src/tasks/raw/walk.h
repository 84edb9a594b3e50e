// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "image/linear_raw.h"
#include "metadata/provenance.h"
#include "models/manifest.h"
#include "raw/defects.h"
#include "read/raw_facts.h"
#include "tasks/raw/rows.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

namespace latent::tasks {

/// The kind of mosaic that a network is asked to serve.
///
/// Errors   Unsupported  raw denoise takes no such mosaic; the message is a predicate.
[[nodiscard]] Result<models::CfaKind> cfa_kind(SensorClass sensor);

/// Whether raw denoise takes what is in the file, by its header alone: asked before anything is
/// decoded, and by who only wants to know.
///
/// Errors   Unsupported  it does not; the message begins with the quoted path.
[[nodiscard]] Status check_taken(const std::filesystem::path& source, const read::RawFacts& facts);

/// The part of the frame (the active area) that is denoised: all of it, or the region, which the
/// user gives in coordinates of the crop.
///
/// Errors   Usage  a region outside the crop.
[[nodiscard]] Result<Rect> area_in_frame(const RawDenoiseSettings& settings, const Rect& active,
                                         const Rect& crop);

[[nodiscard]] metadata::Provenance raw_provenance(const models::Package& package,
                                                  const NoiseModel& noise,
                                                  const RawDenoiseSettings& settings);

/// The noise that the settings name, else the file's own profile, else an estimate.
///
/// Errors   as raw::estimate_noise().
[[nodiscard]] Result<NoiseModel> noise_of(const Mosaic& mosaic, const RawDenoiseSettings& settings);
[[nodiscard]] Result<NoiseModel> noise_of(const LinearRaw& picture,
                                          const RawDenoiseSettings& settings);

/// Errors   Usage  a setting out of range.
[[nodiscard]] Status check(const RawDenoiseSettings& settings);

/// The result is no more open than the source is.
[[nodiscard]] RawRows::Plan rows_plan_of(const std::filesystem::path& source,
                                         const std::filesystem::path& target, const Rect& area,
                                         const NoiseModel& noise,
                                         const RawDenoiseSettings& settings);

/// Finds hot and dead sites in the whole frame, so that a region gets what the whole run would, and
/// repairs them in the mosaic.
///
/// Errors   as raw::find_defects().
[[nodiscard]] Result<std::vector<raw::Defect>> repair_defects(Mosaic& mosaic,
                                                              const RawDenoiseSettings& settings,
                                                              RawDenoiseReport& report);

}  // namespace latent::tasks
