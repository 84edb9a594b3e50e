// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/target_place.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "base/path.h"

namespace latent {

namespace fs = std::filesystem;

namespace {

std::string full_disk(std::uint64_t needed) {
  constexpr double kMegabyte = 1'000'000.0;
  if (needed == 0) return "the disk is full";
  return fmt::format("the disk is full; the file needs at least {:.1f} MB",
                     static_cast<double>(needed) / kMegabyte);
}

std::string reason(int error, std::uint64_t needed) {
  switch (error) {
    case ENOSPC:
      return full_disk(needed);
    case EDQUOT:
      return "your share of the disk is full";
    case EFBIG:
      return "the file would be larger than the file system or the limit of the session allows";
    case EACCES:
      return "its folder is not writable";
    case EPERM:
      return "the system does not permit it there";
    case EROFS:
      return "its file system is read-only";
    case ENAMETOOLONG:
      return "the name is too long";
    case ENOTDIR:
      return "its folder is a file";
    case ELOOP:
      return "it is a link that leads in a circle";
    case EXDEV:
      return "its folder has become another one while the file was written";
    default:
      return std::generic_category().message(error);
  }
}

tl::unexpected<Error> not_a_file(const fs::path& target, const std::string& kind) {
  return fail(ErrorCode::Usage, target, "cannot write " + quoted(target) + ": it is " + kind);
}

/// What is there must be a file, whatever is allowed.
Status judge_kind(const fs::path& target, mode_t mode) {
  if (S_ISREG(mode)) return {};
  if (S_ISDIR(mode)) return not_a_file(target, "a folder");
  const char* kind = S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
  return not_a_file(target, std::string(kind) + ", which is never replaced by a file");
}

/// Where a link leads, whether something is there or not.
Result<fs::path> end_of_link(const fs::path& link) {
  std::error_code failed;
  fs::path place = link;
  constexpr int kMostLinks = 40;  // as the kernel
  for (int i = 0; i < kMostLinks; ++i) {
    const auto status = fs::symlink_status(place, failed);
    if (!fs::is_symlink(status)) return place;
    const fs::path next = fs::read_symlink(place, failed);
    if (failed) return cannot_write(link, failed.value(), 0);
    place = next.is_absolute() ? next : folder_of(place) / next;
  }
  return cannot_write(link, ELOOP, 0);
}

}  // namespace

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

tl::unexpected<Error> exists_already(const fs::path& target) {
  return fail(
      ErrorCode::Usage, target,
      quoted(target) + " exists already; choose another name, or allow it to be overwritten");
}

tl::unexpected<Error> cannot_write(const fs::path& target, int error, std::uint64_t needed) {
  if (error == ENOENT) {
    return fail(ErrorCode::NotFound, target,
                "cannot write " + quoted(target) + ": its folder does not exist");
  }
  return fail(ErrorCode::Io, target,
              "cannot write " + quoted(target) + ": " + reason(error, needed));
}

Result<fs::path> place_for(const fs::path& target, Overwrite overwrite) {
  struct stat itself {};
  if (::lstat(target.c_str(), &itself) != 0) {
    if (errno == ENOENT) return target;
    return cannot_write(target, errno, 0);
  }
  struct stat facts {};
  // The kernel follows the link before we do: it may refuse that, as in folders that all may write.
  const int error = ::stat(target.c_str(), &facts) == 0 ? 0 : errno;
  if (error == 0) LATENT_CHECK(judge_kind(target, facts.st_mode));
  if (overwrite == Overwrite::Refuse) return exists_already(target);
  if (!S_ISLNK(itself.st_mode)) return target;
  if (error == EACCES) {
    return fail(
        ErrorCode::Io, target,
        "cannot write " + quoted(target) + ": it is a link that may not be followed; remove it");
  }
  if (error != 0 && error != ENOENT) return cannot_write(target, error, 0);
  return end_of_link(target);
}

}  // namespace latent
