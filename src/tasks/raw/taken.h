// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/result.h"
#include "read/raw_facts.h"

namespace latent::tasks {

/// Whether raw denoise takes mosaics of this kind: Bayer, X-Trans, mono.
///
/// Errors   Unsupported  it does not; the sentence is a predicate.
[[nodiscard]] Status check_sensor(SensorClass sensor);

/// Whether raw denoise takes what is in the file, by its header alone: asked before anything is
/// decoded, and by who only wants to know.
///
/// Errors   Unsupported  it does not; the message begins with the quoted path.
[[nodiscard]] Status check_taken(const std::filesystem::path& source, const read::RawFacts& facts);

}  // namespace latent::tasks
