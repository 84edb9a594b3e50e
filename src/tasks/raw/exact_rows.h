// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "image/exact_floats.h"

namespace latent::tasks {

/// What a sample of a floating-point raw becomes whose count is `count` in the end: its own value
/// and what the count has changed by. One that lay beyond the counts and was repaired becomes the
/// value of its count; what is no number stays.
[[nodiscard]] float changed_by_count(float exact, float count, const ExactFloats& floats);

/// The same of a row; `exact` and `stored` may be the same, `step` samples apart.
void change_by_counts(std::span<const float> counts, const ExactFloats& floats, std::size_t step,
                      const float* exact, float* stored);

/// The levels of a part of a mosaic's buffer that begins at `origin`: black is seen from there.
[[nodiscard]] SensorLevels levels_of_part(const SensorLevels& levels, Point origin);

}  // namespace latent::tasks
