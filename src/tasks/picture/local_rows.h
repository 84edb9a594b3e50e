// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "tasks/mask/local_strength.h"
#include "tasks/picture/output.h"
#include "tasks/picture/source.h"

// Where a mask says how much of a result counts: what stands between the network and the writer.
namespace latent::tasks {

/// Takes rows of a result in the working encoding, top to bottom.
using TakeEncodedRows = std::function<Status(ImageView<const float> rows)>;

/// Mixes the rows of a result of `region`, enlarged `scale` times, with what stands there without a
/// network (the source, or its bicubic enlargement), and hands them on. All that is given must
/// outlive it.
///
/// Errors   those of `take`; TooLarge where memory is refused.
[[nodiscard]] TakeEncodedRows mixed_rows(const PictureSource& source, const Rect& region, int scale,
                                         const LocalStrength& local, TakeEncodedRows take);

/// Puts the source's own samples, as copy_rows() gives them, into finished rows of `region` wherever
/// the mask is 0: bit for bit, which no way through the working encoding is. All that is given must
/// outlive it.
///
/// Errors   those of `sink` and of copy_rows().
[[nodiscard]] RowSink kept_outside(const PictureSource& source, const Rect& region,
                                   const PictureOutput& output, const LocalStrength& local,
                                   RowSink sink);

}  // namespace latent::tasks
