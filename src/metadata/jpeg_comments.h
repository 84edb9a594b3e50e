// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "metadata/bytes.h"
#include "metadata/metadata.h"

namespace latent::metadata {

/// The comments (COM segments) of a JPEG file as texts under kCommentKeyword, in the order of the
/// file; none of another format. Their encoding is not stated: what is no UTF-8 is taken for
/// Latin-1. Those that are no text, cut short or beyond `limits` are named in `warnings`.
///
/// Source   ITU-T T.81, B.2.4.5 "Comment".
[[nodiscard]] std::vector<TextEntry> jpeg_comments(const ReadAt& read_at, const Limits& limits,
                                                   std::vector<std::string>& warnings);

}  // namespace latent::metadata
