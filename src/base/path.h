// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace latent {

/// Whether a text is valid UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text);

/// The path as valid UTF-8 to show to a person or to put into JSON: bytes that are no UTF-8 become
/// \xNN, control characters likewise, so that no file name can move the cursor of a terminal.
[[nodiscard]] std::string displayed(const std::filesystem::path& path);

/// displayed(), between single quotes, to begin a sentence about a file with.
[[nodiscard]] std::string quoted(const std::filesystem::path& path);

/// The text itself under the same rule as displayed(): for camera names, tags, model ids.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace latent
