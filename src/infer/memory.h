// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace latent::infer {

/// Whether the words of an engine, or of a library below it, say that memory ran out: engines wrap
/// std::bad_alloc into exceptions of their own, a plugin that cannot be mapped is a failed
/// dlopen(), a thread without a stack a busy resource.
[[nodiscard]] bool tells_of_memory(std::string_view words);

/// TooLarge, with what helps; `what` could not be done ("the network cannot be compiled").
[[nodiscard]] tl::unexpected<Error> out_of_memory(const std::string& what);

}  // namespace latent::infer
