// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace latent::app {

/// A path as text that is valid UTF-8, whatever its bytes: the path itself, or, where its name is
/// no UTF-8, a URI "file:///..." with %XX for such bytes (RFC 8089), which is absolute. A relative
/// path that looks like a URI gets "./" in front.
[[nodiscard]] std::string text_of_path(const std::filesystem::path& path);

/// The path that such text means; relative ones are taken from `folder`, where that is given.
///
/// Errors   Usage  an empty text, one with a NUL, a URI of another machine or with a wrong %XX.
[[nodiscard]] Result<std::filesystem::path> path_of_text(std::string_view text,
                                                         const std::filesystem::path& folder);

/// The pattern (ECMA 262) that such text keeps; what it refuses path_of_text() refuses, and the
/// other way round.
inline constexpr const char* kPathPattern =
    "^(?:(?!file:/)[^\\u0000]+|file:(?:///|//localhost/|/(?!/))"
    "(?:[^%\\u0000]|%(?!00)[0-9A-Fa-f]{2})*)$";

}  // namespace latent::app
