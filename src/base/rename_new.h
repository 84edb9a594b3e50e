// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>

#include <filesystem>
#include <functional>

namespace latent {

/// A name in a folder that is held open, or a whole path. A name that we make up ourselves is given
/// by its folder: the whole path of a temporary may be too long where that of the result is not.
struct NameAt {
  int folder = AT_FDCWD;
  std::filesystem::path path;
};

/// Gives one file a name; 0 or the errno.
using NamingCall = std::function<int(const NameAt& from, const std::filesystem::path& to)>;

/// The two calls of the system that give a file a name that no other has. File systems differ in
/// which they know.
struct NamingCalls {
  NamingCall rename_no_replace;  ///< EINVAL, ENOSYS or EOPNOTSUPP where it is not known
  NamingCall link;               ///< EPERM, ENOSYS, EOPNOTSUPP or EMLINK where it is not
};

/// Linux's and POSIX's own.
[[nodiscard]] NamingCalls system_naming_calls();

/// Renames without ever replacing anything; 0 or the errno, EEXIST where there is something.
///
/// On a file system that knows neither call (FAT, exFAT, many that are mounted through FUSE or a
/// network) the name is taken by an empty file first, which the rename then replaces. There alone
/// something is lost if another program writes into that file in the moment between.
[[nodiscard]] int rename_new(const NameAt& from, const std::filesystem::path& to,
                             const NamingCalls& calls = system_naming_calls());

}  // namespace latent
