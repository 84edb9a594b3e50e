// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file_access.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/path.h"

namespace latent {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kOwner = 0600;
constexpr mode_t kOthers = 0066;
constexpr mode_t kPermissions = 07777;

/// What the class of all others may do, said of the group.
mode_t others_as_group(mode_t bits) { return (bits & 0006U) << 3U; }

}  // namespace

FileAccess FileAccess::of(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return {};
  return {.bits = facts.st_mode & kOthers, .group = facts.st_gid};
}

FileAccess FileAccess::and_of(const fs::path& path) const {
  const FileAccess other = of(path);
  FileAccess both{.bits = bits & other.bits, .group = group};
  // Bits of two groups are nobody's who is not in both.
  if (group != other.group) both.bits &= others_as_group(both.bits) | 0006U;
  return both;
}

void restrict_access(int file, const FileAccess& most) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0) return;
  mode_t allowed = most.bits & kOthers;
  if (most.group && *most.group != facts.st_gid) {
    allowed &= others_as_group(allowed) | 0006U;
  }
  const mode_t now = facts.st_mode & kPermissions;
  const mode_t wanted = now & (kOwner | allowed);
  if (wanted != now) (void)::fchmod(file, wanted);
}

void restrict_to_replaced(int file, const fs::path& replaced) {
  struct stat facts {};
  struct stat ours {};
  if (::stat(replaced.c_str(), &facts) != 0 || ::fstat(file, &ours) != 0) return;
  // Root may keep both, a member of the group the group; who may not takes the group's bits away.
  const bool kept = facts.st_uid != ours.st_uid && ::fchown(file, facts.st_uid, facts.st_gid) == 0;
  if (!kept && facts.st_gid != ours.st_gid) {
    (void)!::fchown(file, static_cast<uid_t>(-1), facts.st_gid);
  }
  restrict_access(file, {.bits = facts.st_mode & kOthers, .group = facts.st_gid});
}

Status make_private_folders(const fs::path& folder) {
  if (folder.empty() || ::mkdir(folder.c_str(), 0700) == 0) return {};
  int error = errno;
  const fs::path above = folder.parent_path();
  if (error == ENOENT && above != folder && !above.empty()) {
    LATENT_CHECK(make_private_folders(above));
    if (::mkdir(folder.c_str(), 0700) == 0) return {};
    error = errno;
  }
  std::error_code unknown;
  // A path that ends in a slash, or that another program made meanwhile.
  if (fs::is_directory(folder, unknown)) return {};
  const std::string why = error == EEXIST ? "a file of that name is in the way"
                                          : std::generic_category().message(error);
  return fail(ErrorCode::Io, folder, "the folder " + quoted(folder) + " cannot be made: " + why);
}

}  // namespace latent
