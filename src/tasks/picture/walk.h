// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "metadata/provenance.h"
#include "models/package.h"
#include "rgb/noise_level.h"
#include "tasks/picture/output.h"
#include "tasks/picture/source.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"
#include "write/picture_writer.h"

namespace latent::tasks {

/// The sentence with the file's name before it, unless it is there already.
[[nodiscard]] Error naming(const std::filesystem::path& source, Error error);

/// The whole picture, or the region where it lies inside.
///
/// Errors   Usage  it does not.
[[nodiscard]] Result<Rect> region_in(Size picture, const std::optional<Rect>& region);

/// Strengths within 0..1 and a level that is none below 0.
///
/// Errors   Usage.
[[nodiscard]] Status check(const DenoiseSettings& settings);

/// The level that the settings name, or an estimate over the whole picture.
///
/// Errors   as rgb::estimate_level().
[[nodiscard]] Result<rgb::NoiseLevel> level_of(const PictureSource& source,
                                               const DenoiseSettings& settings);

/// What the result will say of the task; the strengths and the scale are the caller's.
[[nodiscard]] metadata::Provenance provenance_of(const char* task, const models::Package& package,
                                                 const PictureSource& source);

/// The facts of source and output that every report has.
void describe(const PictureSource& source, const PictureOutput& output, Size result,
              PictureReport& report);

/// A writer for the result of a task.
///
/// Errors   as write::PictureWriter::create().
[[nodiscard]] Result<write::PictureWriter> open_writer(const std::filesystem::path& target,
                                                       const PictureOutput& output,
                                                       write::PictureHeader header,
                                                       const PictureOutputSettings& settings,
                                                       int threads);

/// Hands rows of any depth to a writer.
[[nodiscard]] RowSink sink_of(write::PictureWriter& writer);

/// Finishes the file and completes the report; not where the source has changed meanwhile.
///
/// Errors   as read::Photograph::unchanged() and write::PictureWriter::finish().
[[nodiscard]] Status finish(const read::Photograph& source, write::PictureWriter& writer,
                            const std::filesystem::path& target, PictureReport& report);

}  // namespace latent::tasks
