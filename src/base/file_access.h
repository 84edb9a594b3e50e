// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "base/result.h"

namespace latent {

/// To whom, besides its owner, a new file is open at most. The umask may take more away; nothing
/// adds to it. The owner may always read and write what is his.
struct FileAccess {
  mode_t bits = 0066;          ///< of group and others, read and write
  std::optional<gid_t> group;  ///< whose the group's bits are; absent: whoever the group is

  /// Open to nobody else: our settings, caches and verdicts.
  [[nodiscard]] static FileAccess only_owner() { return {.bits = 0, .group = {}}; }

  /// No more open than a file or folder is: a result is no more open than its photograph. Where the
  /// path cannot be looked at, the umask alone decides.
  [[nodiscard]] static FileAccess of(const std::filesystem::path& path);

  /// No more open than another file either: for what is made of two.
  [[nodiscard]] FileAccess and_of(const std::filesystem::path& path) const;
};

/// Takes from an open file what `most` does not allow. A group that is not the one whose bits they
/// are gets no more than the others. A file system without permissions (FAT) is left alone.
void restrict_access(int file, const FileAccess& most);

/// As restrict_access() by the file that is to be replaced, whose owner and group are kept where we
/// may: else what root replaces would be lost to the user whose it was.
void restrict_to_replaced(int file, const std::filesystem::path& replaced);

/// Makes a folder of our own and those above it that are missing, each open to its owner alone, as
/// the XDG base directory specification asks. What exists is left as it is.
///
/// Errors   Io  it cannot be made; the sentence says why.
[[nodiscard]] Status make_private_folders(const std::filesystem::path& folder);

}  // namespace latent
