// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/run_control.h"

namespace latent::models {

/// What the file system tells of a file: enough to see that it is still the one it was.
struct FileMark {
  std::uint64_t bytes = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileMark&, const FileMark&) = default;
};

/// Errors   NotFound.
[[nodiscard]] Result<FileMark> mark_of(const std::filesystem::path& path);

/// Brings a file, or the names in a folder, to the disk.
[[nodiscard]] Status sync_path(const std::filesystem::path& path);

/// Errors   Io.
[[nodiscard]] Status rename_path(const std::filesystem::path& from,
                                 const std::filesystem::path& to);

/// Copies a file to a name that is free, stopping when asked to; as open as its folder.
///
/// Errors   Io, Cancelled, as SafeFile; no copy is left then.
[[nodiscard]] Status copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                               const RunControl& control);

/// Refuses a work that would fill the disk: `bytes` and 16 MiB more must be free below `folder`.
///
/// Errors   Io  the sentence says how much is free and how much is needed.
[[nodiscard]] Status require_space(const std::filesystem::path& folder, std::uint64_t bytes);

/// "2026-05-01T12:00:00Z"
[[nodiscard]] std::string now_utc();

}  // namespace latent::models
