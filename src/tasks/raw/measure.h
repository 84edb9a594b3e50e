// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "image/linear_raw.h"
#include "raw/chromatic_shift.h"
#include "raw/defects.h"
#include "raw/green_balance.h"
#include "tasks/raw/learned.h"
#include "tasks/raw/picture.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

// What is measured of a raw once, over all of it.
namespace latent::tasks {

/// One colour of a linear picture as a monochrome sensor would see it: what a CFA network takes.
///
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Result<Mosaic> channel_of(const LinearRaw& picture, int channel);

/// The noise that is counted on, and why.
struct MeasuredNoise {
  NoiseModel model;
  double confidence = 1;             ///< of an estimate, as raw::NoiseEstimate has it
  std::vector<std::string> notices;  ///< where it is not what one would expect
};

/// The file's own noise profile, checked against an estimate: where that is sure of itself and the
/// two variances differ by more than 2.5 times, at mid grey and at the level of the picture alike,
/// the estimate is right. Without a profile the estimate. Where that is hardly sure of itself, what
/// the table of cameras says counts the more the less sure it is (raw/camera_noise.h, mosaics
/// only); of a camera that the table does not have, less of the estimate is counted on. Of a linear
/// picture each colour is estimated by itself.
///
/// Errors   as channel_of() and raw::estimate_noise().
[[nodiscard]] Result<MeasuredNoise> noise_of(const RawPicture& picture, int threads);

/// What the table of cameras says, whatever the file and the picture say; a notice where the
/// picture is sure of something else.
///
/// Errors   as raw::camera_noise() and raw::estimate_noise(); Unsupported  a linear picture, of
///          whose photosites nothing is known.
[[nodiscard]] Result<MeasuredNoise> camera_noise_of(const RawPicture& picture, int threads);

/// Sites of a mosaic that were repaired, and what is to be said of them.
struct Repair {
  std::vector<raw::Defect> listed;   ///< that the file names: their samples mean nothing
  std::vector<raw::Defect> defects;  ///< that were found: the more, the higher the strength
  int hot = 0;                       ///< of those that were found
  int dead = 0;
  std::vector<std::string> notices;
};

/// Which sites are to be repaired.
struct RepairOf {
  bool listed = false;
  bool found = false;
  /// Where these are known they are repaired too, and the frame's own are judged gently.
  std::shared_ptr<const LearnedSites> learned = nullptr;
  friend bool operator==(const RepairOf&, const RepairOf&) = default;
};

/// What is measured of a mosaic once, whatever area of it is cleaned.
struct MosaicTraits {
  /// What makes the two greens alike; null: they are.
  std::shared_ptr<const raw::GreenBalance> greens = {};
  bool cut_in_the_dark = false;  ///< raw::DarkEnd::cut
  /// Colour fringes that are to be corrected; null: none.
  std::shared_ptr<const raw::ChromaticShift> fringes = {};
};

/// Errors   as raw::GreenBalance::measure().
[[nodiscard]] Result<MosaicTraits> traits_of(const Mosaic& mosaic, const NoiseModel& noise);

/// Repairs the sites that the file's opcode lists name; looks for hot and dead sites in the whole
/// frame, so that a region gets what the whole run would, and repairs these too.
///
/// Errors   as raw::find_defects().
[[nodiscard]] Result<Repair> repaired(Mosaic& mosaic, const RepairOf& wanted,
                                      const NoiseModel& noise, int threads);

/// Puts back what the file had there.
void undo(const Repair& repair, Mosaic& mosaic);

}  // namespace latent::tasks
