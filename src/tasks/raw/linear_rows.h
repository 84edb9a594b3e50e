// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "image/linear_raw.h"
#include "tasks/raw/rows.h"

namespace latent::tasks {

/// The linear twin of mosaic_rows(): clean rows come in for all colours at once or colour by
/// colour, 0, 1, 2; they are put into the picture, and a LinearRaw DNG is written of it when it is
/// whole.
///
/// Black becomes 0, the only black that every developer takes off a linear DNG. So samples below
/// black, which a mosaic keeps on a pedestal, become black here; how many is told in warnings().
///
/// The picture must outlive it, and is used up: its samples are replaced by what is written.
///
/// Errors   Corrupt  black and white that leave less than a count between them, shifted as far as
///                   may be; else as write::DngWriter::create().
[[nodiscard]] Result<std::unique_ptr<DngRows>> linear_rows(LinearRaw& picture, DngPlan plan);

/// Warnings of a linear DNG: the writer's, the plan's, and how many samples became black, where that is
/// a thousandth of all or more.
[[nodiscard]] std::vector<std::string> linear_warnings(const write::DngWriter& writer,
                                                       const DngPlan& plan,
                                                       std::int64_t below_black);

}  // namespace latent::tasks
