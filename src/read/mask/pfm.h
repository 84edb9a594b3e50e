// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "image/image.h"

namespace latent::read {

/// Whether the bytes begin as a portable float map does.
[[nodiscard]] bool is_pfm(const ByteSource& source);

/// The samples of a portable float map, first row on top (the file has the last row first), NaN and
/// infinities as they stand.
///
/// Shapes   return [h, w, 1 or 3]
/// Errors   Corrupt   no such header, or samples are missing; bytes behind them are passed over.
///          TooLarge  beyond `limits`. Messages are predicates.
/// Threads  any.
/// Source   P. Debevec, "PFM Portable FloatMap Image Format".
[[nodiscard]] Result<Image<float>> read_pfm(const ByteSource& source, const Limits& limits);

}  // namespace latent::read
