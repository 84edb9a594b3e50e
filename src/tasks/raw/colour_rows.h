// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "image/linear_raw.h"
#include "image/mosaic.h"
#include "tasks/raw/rows.h"

// A mosaic whose three colours are written as a linear DNG.
namespace latent::tasks {

/// What is written of a mosaic that is demosaiced: its facts in the scale of raw::kColourWhite,
/// without samples. Black is 0, the only black that every developer takes off a linear DNG.
[[nodiscard]] LinearRaw colour_facts(const Mosaic& mosaic);

/// The share of the source that stays, in place: `classical` is what LibRaw made of it
/// (read::Photograph::demosaiced()).
///
/// Shapes   light [area width, 3]; row `row_of_area` of the plan's area.
void blend_colours(const DngPlan& plan, const LinearRaw& classical, int row_of_area,
                   std::span<float> light);

/// The twin of mosaic_rows() where three colours come in for each site: a LinearRaw DNG of the
/// active area grows. `classical` is null where nothing of the source stays.
///
/// Mosaic and classical must outlive it.
///
/// Errors   Unsupported  LibRaw made a picture of another size of the source; else as
///                       write::DngWriter::create().
[[nodiscard]] Result<std::unique_ptr<DngRows>> colour_rows(const Mosaic& mosaic,
                                                           const LinearRaw* classical,
                                                           DngPlan plan);

}  // namespace latent::tasks
