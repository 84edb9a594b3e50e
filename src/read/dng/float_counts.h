// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "image/exact_floats.h"

namespace latent::read {

/// Chooses how floats become counts (scale and offset of `floats`): 0 is a little below black, so
/// that cleaned noise has room there, or the darkest value of `seen`; 65535 is white or the
/// brightest value. More than two stops above white are not kept, nor more than a fourth of the
/// range below black: a few stray values must not cost the picture its depth.
///
/// Shapes   `seen` is the part that saw light.
void choose_counts(ExactFloats& floats, const Rect& seen);

/// What a user should know of samples that lie beyond the counts; else empty.
[[nodiscard]] std::string clipped_notice(const ExactFloats& floats, const Rect& seen);

/// The counts of floats. NaN is black.
///
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Result<Image<std::uint16_t>> counts_of(const ExactFloats& floats,
                                                     const Limits& limits);

/// The levels of the counts.
[[nodiscard]] SensorLevels counts_of(const SensorLevels& levels, const ExactFloats& floats);

/// What a user should know of samples that are no numbers; else empty.
[[nodiscard]] std::string no_numbers_notice(const ExactFloats& floats);

}  // namespace latent::read
