// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "models/manifest.h"
#include "read/raw_facts.h"

namespace latent::tasks {

/// The kind of mosaic that a network is asked to serve.
///
/// Errors   Unsupported  raw denoise takes no such mosaic; the message is a predicate.
[[nodiscard]] Result<models::CfaKind> cfa_kind(SensorClass sensor);

/// Whether raw denoise takes what is in the file, by its header alone: asked before anything is
/// decoded, and by who only wants to know.
///
/// Errors   Unsupported  it does not; the message begins with the quoted path.
[[nodiscard]] Status check_taken(const std::filesystem::path& source, const read::RawFacts& facts);

}  // namespace latent::tasks
