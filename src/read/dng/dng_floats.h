// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"
#include "read/dng/dng_file.h"

namespace latent::read {

/// Whether read_dng_floats() knows the coding: one sample a pixel or three side by side, of 16, 24
/// or 32 bits, uncompressed or deflated, with any of the predictors for floats.
[[nodiscard]] bool dng_floats_are_readable(const DngLayout& layout);

/// Decodes floating-point samples as read_dng_samples() does integers, each to the float32 of the
/// same value; the black of single rows and columns is taken off.
///
/// Shapes   [layout.image.height, layout.image.width, layout.samples_per_pixel]
/// Errors   Corrupt, TooLarge, Io, Cancelled; messages are predicates.
/// Source   IEEE 754 for 16 and 32 bits; DNG 1.4, chapter 2, for 24: 1 sign, 7 exponent (bias 63),
///          16 fraction.
[[nodiscard]] Result<Image<float>> read_dng_floats(const ByteSource& source,
                                                   const DngLayout& layout, const Limits& limits,
                                                   const RunControl& control);

}  // namespace latent::read
