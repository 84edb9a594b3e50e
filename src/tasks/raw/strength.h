// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/geometry.h"
#include "raw/defects.h"

// The share of the source that stays: the same for what is written and for what is shown.
namespace latent::tasks {

/// strength * clean + (1 - strength) * source, in place.
///
/// Shapes   source and clean: the same number of values.
void blend(std::span<const std::uint16_t> source, double strength, std::span<float> clean);

/// The same with a strength of its own at each value.
///
/// Shapes   source, strengths and clean: the same number of values.
void blend(std::span<const std::uint16_t> source, std::span<const float> strengths,
           std::span<float> clean);

/// Where a mosaic was repaired, blend() puts in the repaired sample: adds `share` of what the
/// file's own differs from it.
///
/// Shapes   `area` of the frame; counts: row `row_of_area` of it.
void add_at_defects(const std::vector<raw::Defect>& defects, const Rect& area, int row_of_area,
                    double share, std::span<float> counts);

/// The same with 1 - strength as the share, `strengths` like `counts`.
void add_at_defects(const std::vector<raw::Defect>& defects, const Rect& area, int row_of_area,
                    std::span<const float> strengths, std::span<float> counts);

}  // namespace latent::tasks
