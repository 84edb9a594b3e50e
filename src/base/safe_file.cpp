// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/safe_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "base/rename_new.h"
#include "base/stale_files.h"
#include "base/target_place.h"

namespace latent {

namespace fs = std::filesystem;

namespace {

/// The file behind a descriptor, as a path of this process.
fs::path path_of(int file) { return "/proc/self/fd/" + std::to_string(file); }

/// Without /proc a file that has no name cannot be given one.
bool can_be_named_later(int file) { return ::access(path_of(file).c_str(), F_OK) == 0; }

int link_unnamed(int file, int folder, const fs::path& name) {
  const int linked =
      ::linkat(AT_FDCWD, path_of(file).c_str(), folder, name.c_str(), AT_SYMLINK_FOLLOW);
  return linked == 0 ? 0 : errno;
}

bool nothing_there(const fs::path& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) != 0 && errno == ENOENT;
}

void flush_folder(const fs::path& folder) {
  const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open.good()) ::fsync(open.number());  // some file systems refuse; the file is safe by then
}

}  // namespace

Result<SafeFile> SafeFile::create(const fs::path& target, const SafeFileOptions& options) {
  LATENT_TRY(const fs::path place, place_for(target, options.overwrite));
  SafeFile file;
  file.target_ = target;
  file.overwrite_ = options.overwrite;
  // Nobody else may look into it while it is written whom the result will be closed to.
  LATENT_CHECK(file.open(place, 0600U | (options.access.bits & 0066U), options.beside));
  restrict_access(file.file_.number(), options.access);
  if (!nothing_there(place)) restrict_to_replaced(file.file_.number(), place);
  return file;
}

Status SafeFile::open(const fs::path& place, mode_t mode, Beside beside) {
  folder_ = Descriptor(::open(folder_of(place).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.good()) return cannot_write(place, errno, 0);
  sweep_stale_files_now_and_then(folder_.number());
#ifdef O_TMPFILE
  if (beside == Beside::Unnamed) {
    file_ = Descriptor(::openat(folder_.number(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
    if (file_.good() && can_be_named_later(file_.number())) {
      (void)hold_temporary(file_.number());
      return {};
    }
  }
#endif
  constexpr int kAttempts = 16;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::string name = temporary_name();
    constexpr int kFlags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    file_ = Descriptor(::openat(folder_.number(), name.c_str(), kFlags, mode));
    if (!file_.good() && errno != EEXIST) return fault(errno, 0);
    if (!file_.good()) continue;
    temporary_ = name;
    if (hold_temporary(file_.number())) return {};
    discard();
  }
  return fault(EEXIST, 0);
}

SafeFile::~SafeFile() { discard(); }

SafeFile::SafeFile(SafeFile&& other) noexcept { *this = std::move(other); }

SafeFile& SafeFile::operator=(SafeFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  folder_ = std::move(other.folder_);
  file_ = std::move(other.file_);
  size_ = other.size_;
  overwrite_ = other.overwrite_;
  target_ = std::move(other.target_);
  temporary_ = std::exchange(other.temporary_, {});
  return *this;
}

void SafeFile::discard() {
  // First the name, then the lock.
  if (!temporary_.empty()) ::unlinkat(folder_.number(), temporary_.c_str(), 0);
  temporary_.clear();
  file_.close();
}

Status SafeFile::fault(int error, std::uint64_t needed) const {
  return cannot_write(target_, error, needed);
}

Status SafeFile::write(std::span<const std::uint8_t> bytes) { return write_at(size_, bytes); }

Status SafeFile::write(std::string_view bytes) {
  return write({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

Status SafeFile::write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  LATENT_ENSURE(file_.good());
  std::uint64_t at = offset;
  const std::uint64_t needed = std::max(size_, offset + bytes.size());
  while (!bytes.empty()) {
    const auto written =
        ::pwrite(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fault(written == 0 ? ENOSPC : errno, needed);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    at += static_cast<std::uint64_t>(written);
  }
  size_ = std::max(size_, at);
  return {};
}

fs::path SafeFile::readable_path() const { return path_of(file_.number()); }

Status SafeFile::commit() { return commit_as(target_); }

Status SafeFile::commit_as(const fs::path& target) {
  LATENT_ENSURE(file_.good());
  LATENT_ENSURE(folder_of(target) == folder_of(target_));
  target_ = target;
  LATENT_TRY(const fs::path place, place_for(target_, overwrite_));
  return sync_and_name(place);
}

Status SafeFile::sync_and_name(const fs::path& place) {
  if (!nothing_there(place)) restrict_to_replaced(file_.number(), place);
  int error = ::fsync(file_.number()) == 0 ? 0 : errno;
  if (error == 0) error = give_name(place);
  if (error == EEXIST) {
    LATENT_TRY([[maybe_unused]] const fs::path now, place_for(target_, overwrite_));
    return exists_already(target_);  // it has gone since; nothing was named all the same
  }
  if (error != 0) {
    discard();
    std::error_code unknown;
    if (error == ENOENT && fs::is_directory(folder_of(place), unknown)) {
      return fail(
          ErrorCode::Io, target_,
          "cannot write " + quoted(target_) + ": another program removed it while it was written");
    }
    return fault(error, size_);
  }
  temporary_.clear();
  file_.close();
  flush_folder(folder_of(place));
  return {};
}

/// 0 or the errno.
int SafeFile::give_name(const fs::path& place) {
  if (overwrite_ == Overwrite::Refuse) return give_new_name(place);
  if (nothing_there(place)) {
    const int error = give_new_name(place);
    if (error != EEXIST) return error;
  }
  // Only a rename replaces, and only what has a name can be renamed.
  if (const int error = link_temporary(); error != 0) return error;
  const int renamed = ::renameat(folder_.number(), temporary_.c_str(), AT_FDCWD, place.c_str());
  return renamed == 0 ? 0 : errno;
}

int SafeFile::give_new_name(const fs::path& place) {
  if (temporary_.empty()) return link_unnamed(file_.number(), AT_FDCWD, place);
  return rename_new({folder_.number(), temporary_}, place);
}

int SafeFile::link_temporary() {
  constexpr int kAttempts = 16;
  int error = 0;
  for (int attempt = 0; temporary_.empty() && attempt < kAttempts; ++attempt) {
    const std::string name = temporary_name();
    error = link_unnamed(file_.number(), folder_.number(), name);
    if (error == 0) temporary_ = name;
    if (error != EEXIST) break;
  }
  return error == EEXIST ? EIO : error;
}

Status replace_file(const fs::path& path, std::initializer_list<std::string_view> parts,
                    const FileAccess& access) {
  LATENT_TRY(auto file,
             SafeFile::create(path, {.overwrite = Overwrite::Replace, .access = access}));
  for (const std::string_view part : parts) LATENT_CHECK(file.write(part));
  return file.commit();
}

}  // namespace latent
