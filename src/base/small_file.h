// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace latent {

/// The whole of a small file of our own: settings, state, verdicts, an index.
///
/// Such a file is hostile until it is read: it may have become a folder, a pipe that nobody writes
/// into, or 3 GB. Its kind and size are judged before the first byte, it is never waited for, and
/// a file that grows meanwhile stops at the limit. Links are followed: settings are often kept
/// elsewhere and linked, and whoever may put a link here may put the file itself here as well.
///
/// Errors   NotFound     there is no such file, or a link that leads nowhere.
///          Unsupported  it is no regular file; the sentence says what it is.
///          TooLarge     beyond `max_bytes`, or beyond the memory there is.
///          Io           it may not be read, or the disk fails.
/// Threads  any.
[[nodiscard]] Result<std::string> read_small_file(const std::filesystem::path& path,
                                                  std::size_t max_bytes);

}  // namespace latent
