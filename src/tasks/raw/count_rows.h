// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "tasks/raw/rows.h"
#include "tasks/task.h"

namespace latent::tasks {

/// The second half of raw denoise where no DNG is wanted: the rows of the plan's area, with the
/// share of the source that stays, are handed to `take`, [n, area width, 1] float. They are the
/// counts that mosaic_rows() scales and rounds; with DngPlan::exact they are the floats that it
/// writes.
///
/// The picture must outlive it.
///
/// Errors   Unsupported  the picture is no mosaic; those of `take`.
[[nodiscard]] Result<std::unique_ptr<DngRows>> count_rows(const RawPicture& picture, DngPlan plan,
                                                          RowSink take);

}  // namespace latent::tasks
