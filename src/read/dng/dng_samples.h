// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"
#include "read/dng/dng_file.h"

namespace latent::read {

/// Whether read_dng_samples() knows the coding: one sample a pixel or three side by side, pixels in
/// their order, 8 to 16 bits uncompressed, lossless JPEG, or JPEG XL where libjxl is there.
[[nodiscard]] bool dng_samples_are_readable(const DngLayout& layout);

/// Decodes the samples of a DNG straight into one picture, blocks side by side on all cores,
/// applies its linearisation and takes off the black of single rows and columns. Every sample comes
/// from the file: a block that is missing or ends early is an error.
///
/// Shapes   [layout.image.height, layout.image.width, layout.samples_per_pixel]
/// Errors   Corrupt, Unsupported, TooLarge, Io, Cancelled; messages are predicates.
/// Threads  any; starts at most 8 of its own and joins them.
[[nodiscard]] Result<Image<std::uint16_t>> read_dng_samples(const ByteSource& source,
                                                            const DngLayout& layout,
                                                            const Limits& limits,
                                                            const RunControl& control);

}  // namespace latent::read
