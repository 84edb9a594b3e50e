// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/mosaic.h"

namespace latent::read {

/// What the header of a raw file tells, before a single sample is decoded. The fields have the
/// meaning that they have in Mosaic.
struct RawFacts {
  std::string container;  ///< "DNG 1.4", or "camera format" for what LibRaw parses
  std::string decoder;    ///< LibRaw's name of the decoder, for the log
  SensorClass sensor = SensorClass::Unknown;
  std::string cfa_letters;  ///< by the active area; empty for what is no mosaic
  Size buffer;
  Rect active;
  Rect crop;
  SensorLevels levels;
  int bits_per_sample = 16;
  Orientation orientation = 1;
  double pixel_aspect = 1;
  CameraFacts camera;
  std::string colour_notice;  ///< what a user should know where nobody knows the camera's colours;
                              ///< else empty
  std::optional<NoiseModel> noise_profile;
  bool opens_as_mosaic = false;  ///< whether open_raw() takes this kind of sensor
  bool opens_as_linear = false;  ///< whether open_linear_raw() does; never both
  std::string obstacle;          ///< why open_raw() does not, half a sentence after the file's name
};

/// Reads a camera's raw file to a Mosaic: LibRaw decodes, and for DNG the tags are read as they
/// stand, exactly.
///
/// Samples are the sensor's own counts after what the file prescribes for them, margins included:
/// its linearisation, and the blacks of single rows and columns (BlackLevelDeltaH and V of a DNG),
/// which are taken off as far as they differ from the mean; where they are fractions, samples and
/// levels are both times a power of two. Nothing else is scaled, subtracted or clipped. The file is
/// opened read-only. At the worst moment two copies of the samples are in memory.
///
/// Errors   NotFound, Usage, Io  as sniff().
///          Unsupported  not a raw file, or a sensor or coding that is not taken yet.
///          Corrupt      cut short, damaged, or of impossible content.
///          TooLarge     passes `limits`; found before anything is allocated for samples.
///          Cancelled    control.stop was asked for.
///          Every message begins with the quoted path.
/// Threads  any; calls do not share state.
[[nodiscard]] Result<Mosaic> open_raw(const std::filesystem::path& path, const Limits& limits = {},
                                      const RunControl& control = {});

/// Reads the header only: works for every sensor that LibRaw knows, also for those that open_raw()
/// refuses, and for files that are cut short after the header.
///
/// Errors   as open_raw(), less those of the samples.
[[nodiscard]] Result<RawFacts> inspect_raw(const std::filesystem::path& path,
                                           const Limits& limits = {});

}  // namespace latent::read
