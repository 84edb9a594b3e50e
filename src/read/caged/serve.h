// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_source.h"
#include "base/result.h"

namespace latent::read {

/// Answers what is asked at the other end of `socket` about the file `source`, until that end
/// closes. `shared` is the descriptor of memory that both processes can reach.
///
/// Errors   Io  the other end is gone in the middle of something.
[[nodiscard]] Status serve(int socket, int shared, const ByteSource& source);

}  // namespace latent::read
