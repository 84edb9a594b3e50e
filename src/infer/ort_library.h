// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/result.h"

namespace latent::infer {

/// The ONNX Runtime library to load: the user's own path, the environment's LATENT_ORT_LIBRARY, the
/// one beside the program (../lib/latent), the one of the build's Python environment, the system's.
///
/// Errors   NotFound  none of them; the sentence says what to install or set.
[[nodiscard]] Result<std::filesystem::path> find_ort_library(const std::filesystem::path& asked);

}  // namespace latent::infer
