// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "image/mosaic.h"
#include "read/dng/black_deltas.h"
#include "read/tiff_directory.h"

namespace latent::read {

/// Where a DNG hides its raw picture and everything else: what the functions below read from.
struct DngDirectories {
  const TiffFile* file = nullptr;
  const TiffDirectory* first = nullptr;  ///< IFD 0
  const TiffDirectory* raw = nullptr;    ///< the raw picture's, often the same

  /// The field of the raw directory, else of IFD 0, else null.
  [[nodiscard]] const TiffField* find(std::uint16_t tag) const;
  /// Its values, all finite; empty where it is absent or unreadable.
  [[nodiscard]] std::vector<double> numbers(std::uint16_t tag) const;
  /// Its first value, or `otherwise`.
  [[nodiscard]] double number(std::uint16_t tag, double otherwise) const;
};

/// Tags that contradict each other or the picture, as an error. `what` goes on from "its".
[[nodiscard]] tl::unexpected<Error> contradiction(const char* what);

/// What CFAPattern says, seen from the active area's corner.
struct CfaReading {
  SensorClass sensor = SensorClass::Unknown;
  CfaPattern pattern;  ///< mono where the sensor class is one without a pattern of R, G and B
};

/// Errors   Corrupt  the pattern is missing, too large or too short.
[[nodiscard]] Result<CfaReading> read_dng_cfa(const DngDirectories& directories);

/// ActiveArea, or the whole picture.
///
/// Errors   Corrupt  it is empty or lies outside.
[[nodiscard]] Result<Rect> read_dng_active_area(const DngDirectories& directories, Size image);

/// DefaultCrop in buffer coordinates; the active area where it is absent or makes no sense.
[[nodiscard]] Rect read_dng_crop(const DngDirectories& directories, const Rect& active);

/// WhiteLevel, and the most that it can be.
struct StatedWhite {
  double level = 0;
  double most = 65535;
};

/// BlackLevel and WhiteLevel, seen from the buffer's sample (0, 0), of samples that the deltas were
/// taken off.
///
/// Errors   Corrupt  black is not below white, or the pattern is too large or too short.
[[nodiscard]] Result<SensorLevels> read_dng_levels(const DngDirectories& directories,
                                                   int samples_per_pixel, const Rect& active,
                                                   const StatedWhite& stated,
                                                   const BlackDeltas& deltas);

/// The plane that each colour (R, G, B) has in everything that the file lists by plane: another
/// than its own number where CFAPlaneColor names the colours of a mosaic in another order.
///
/// Source   DNG 1.4, chapter 4: CFAPattern holds colours, CFAPlaneColor the colour of each plane.
[[nodiscard]] std::array<std::size_t, 3> planes_of_colours(const DngDirectories& directories);

/// Camera, exposure, white balance and colour calibrations, all in the order R, G, B.
[[nodiscard]] CameraFacts read_dng_camera(const DngDirectories& directories);

/// NoiseProfile by colour, where it is there and sound.
[[nodiscard]] std::optional<NoiseModel> read_dng_noise_profile(const DngDirectories& directories);

/// The tags that travel to the output as they are: the profile, lens opcodes, baselines, the
/// maker's private data. None that the writer of a DNG decides on its own (structure, levels, CFA,
/// matrices, white balance, noise), none that names the pixels (RawDataUniqueID, digests).
///
/// Errors   TooLarge  together they pass max_metadata_bytes.
[[nodiscard]] Result<std::vector<CarriedTag>> read_carried_tags(const DngDirectories& directories,
                                                                const Limits& limits);

/// Puts what tags list by plane into the order R, G, B (planes_of_colours()); gives a notice for
/// each that was left out because nobody can.
[[nodiscard]] std::vector<std::string> order_by_colour(const DngDirectories& directories,
                                                       std::vector<CarriedTag>& tags);

}  // namespace latent::read
