// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rename_new.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace latent {

namespace fs = std::filesystem;

namespace {

int system_rename_no_replace([[maybe_unused]] const NameAt& from,
                             [[maybe_unused]] const fs::path& to) {
#ifdef RENAME_NOREPLACE
  const int renamed =
      ::renameat2(from.folder, from.path.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  return renamed == 0 ? 0 : errno;
#else
  return ENOSYS;
#endif
}

int system_link(const NameAt& from, const fs::path& to) {
  return ::linkat(from.folder, from.path.c_str(), AT_FDCWD, to.c_str(), 0) == 0 ? 0 : errno;
}

/// Takes the name by an empty file, then renames over that.
int rename_over_placeholder(const NameAt& from, const fs::path& to) {
  const int descriptor = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return errno;
  ::close(descriptor);
  if (::renameat(from.folder, from.path.c_str(), AT_FDCWD, to.c_str()) == 0) return 0;
  const int error = errno;
  ::unlink(to.c_str());
  return error;
}

int try_rename_new(const NameAt& from, const fs::path& to, const NamingCalls& calls) {
  const int renamed = calls.rename_no_replace(from, to);
  if (renamed != EINVAL && renamed != ENOSYS && renamed != EOPNOTSUPP) return renamed;
  // A second name is never given over an existing one either.
  switch (const int linked = calls.link(from, to)) {
    case 0:
      ::unlinkat(from.folder, from.path.c_str(), 0);
      return 0;
    case EPERM:
    case ENOSYS:
    case EOPNOTSUPP:
    case EMLINK:
      return rename_over_placeholder(from, to);
    default:
      return linked;
  }
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

}  // namespace

NamingCalls system_naming_calls() { return {system_rename_no_replace, system_link}; }

int rename_new(const NameAt& from, const fs::path& to, const NamingCalls& calls) {
  constexpr int kAttempts = 8;  // for a name that was taken and is free again
  int error = EEXIST;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    error = try_rename_new(from, to, calls);
    if (error != EEXIST || is_there(to)) break;
  }
  return error;
}

}  // namespace latent
