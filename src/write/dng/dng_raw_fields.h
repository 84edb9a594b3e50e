// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "write/dng/dng.h"
#include "write/tiff_directory.h"

namespace latent::write {

/// Whether the writer can say in DNG what the header says.
///
/// Errors   Unsupported, Corrupt  as DngWriter::create().
[[nodiscard]] Status check_header(const DngHeader& header);

/// Samples a pixel: 3 for LinearRgb, otherwise 1.
[[nodiscard]] int samples_per_pixel(const DngHeader& header);

/// Black levels as DNG counts them: entry (0, 0) belongs to the first sample of the active area,
/// and the pattern is 1x1 or has an even number of rows and columns (rawspeed reads no 1x2).
[[nodiscard]] BlackLevels active_black(const DngHeader& header);

/// The one white level of a CFA: the smallest of the colours that it has.
[[nodiscard]] float cfa_white(const DngHeader& header);

/// The noise model under that one white level, [S, O] a colour: DNG NoiseProfile. For a mono sensor
/// only the green pair counts.
[[nodiscard]] std::array<double, 6> noise_profile(const DngHeader& header, const NoiseModel& noise);

/// Fills in what describes the raw picture: geometry, CFA, levels, noise; all but where its samples
/// stand in the file.
void set_raw_fields(const DngHeader& header, TiffDirectory& directory);

}  // namespace latent::write
