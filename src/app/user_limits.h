// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "base/limits.h"

namespace latent::app {

/// The user's limits, in config_folder(); empty: none.
[[nodiscard]] std::filesystem::path settings_file();

/// What settings.toml says of limits: `limit-megapixels`, `limit-side`, `limit-memory`,
/// `limit-metadata`, each a whole number as on the command line. What it does not say has its
/// default; so has everything where there is no such file.
///
/// Errors   Usage  a line that is none of these; the sentence names the file and the line.
///          others as read_small_file().
[[nodiscard]] Result<Limits> limits_of_settings(const std::filesystem::path& file);

/// The same from text. `what` is what the sentence of an error begins with.
[[nodiscard]] Result<Limits> parse_limits(const std::string& text, const std::string& what);

}  // namespace latent::app
