// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace latent::infer {

/// Loads a plug-in, opens a network on one of its devices and runs tensors, as the other end of
/// `socket` asks, until that end closes.
///
/// Errors   Io, Internal  the other end is gone in the middle of something, or asks what cannot be
///                        understood.
[[nodiscard]] Status serve_engine(int socket);

}  // namespace latent::infer
