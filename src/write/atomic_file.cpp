// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <random>
#include <string>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "write/rename_new.h"

namespace latent::write {

namespace fs = std::filesystem;

namespace {

std::string reason(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "the disk is full";
    case EFBIG:
      return "the file would be larger than the file system or the limit of the session allows";
    case EACCES:
    case EPERM:
      return "its folder is not writable";
    case EROFS:
      return "its file system is read-only";
    case ENAMETOOLONG:
      return "the name is too long";
    case ENOTDIR:
      return "its folder is a file";
    default:
      return std::generic_category().message(error);
  }
}

tl::unexpected<Error> write_fault(const fs::path& target, int error) {
  if (error == ENOENT) {
    return fail(ErrorCode::NotFound,
                "cannot write " + quoted(target) + ": its folder does not exist");
  }
  return fail(ErrorCode::Io, "cannot write " + quoted(target) + ": " + reason(error));
}

tl::unexpected<Error> exists_already(const fs::path& target) {
  return fail(
      ErrorCode::Usage,
      quoted(target) + " exists already; choose another name, or allow it to be overwritten");
}

Status check_target(const fs::path& target, Overwrite overwrite) {
  std::error_code error;
  const auto status = fs::symlink_status(target, error);
  if (!fs::exists(status)) return {};
  if (fs::is_directory(fs::status(target, error))) {
    return fail(ErrorCode::Usage, "cannot write " + quoted(target) + ": it is a folder");
  }
  if (overwrite == Overwrite::Refuse) return exists_already(target);
  return {};
}

std::string random_name() {
  std::random_device device;
  char name[32];
  std::snprintf(name, sizeof(name), ".latent-%08x%08x.tmp", device(), device());
  return name;
}

void flush_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);  // some file systems refuse it; the file itself is safe by then
  ::close(descriptor);
}

}  // namespace

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

Result<AtomicFile> AtomicFile::create(const fs::path& target, Overwrite overwrite) {
  LATENT_CHECK(check_target(target, overwrite));
  AtomicFile file;
  file.target_ = target;
  file.overwrite_ = overwrite;
  constexpr int kAttempts = 16;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const fs::path temporary = folder_of(target) / random_name();
    file.descriptor_ = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file.descriptor_ >= 0) {
      file.temporary_ = temporary;
      return file;
    }
    if (errno != EEXIST) return write_fault(target, errno);
  }
  return write_fault(target, EEXIST);
}

AtomicFile::~AtomicFile() { discard(); }

AtomicFile::AtomicFile(AtomicFile&& other) noexcept { *this = std::move(other); }

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  descriptor_ = std::exchange(other.descriptor_, -1);
  size_ = other.size_;
  overwrite_ = other.overwrite_;
  target_ = std::move(other.target_);
  temporary_ = std::exchange(other.temporary_, {});
  return *this;
}

void AtomicFile::discard() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

Status AtomicFile::write(std::span<const std::uint8_t> bytes) { return write_at(size_, bytes); }

Status AtomicFile::write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  LATENT_ENSURE(descriptor_ >= 0);
  std::uint64_t at = offset;
  while (!bytes.empty()) {
    const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return write_fault(target_, written == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    at += static_cast<std::uint64_t>(written);
  }
  size_ = std::max(size_, at);
  return {};
}

Status AtomicFile::commit() { return commit_as(target_); }

Status AtomicFile::commit_as(const fs::path& target) {
  LATENT_ENSURE(descriptor_ >= 0);
  LATENT_ENSURE(folder_of(target) == folder_of(target_));
  target_ = target;
  LATENT_CHECK(check_target(target_, overwrite_));
  if (::fsync(descriptor_) != 0) {
    const int error = errno;
    discard();
    return write_fault(target_, error);
  }
  const int error = overwrite_ == Overwrite::Replace
                        ? (::rename(temporary_.c_str(), target_.c_str()) == 0 ? 0 : errno)
                        : rename_new(temporary_, target_);
  if (error == EEXIST) {
    LATENT_CHECK(check_target(target_, overwrite_));
    return exists_already(target_);  // it has gone since; nothing was renamed all the same
  }
  if (error != 0) {
    discard();
    return write_fault(target_, error);
  }
  temporary_.clear();
  ::close(std::exchange(descriptor_, -1));
  flush_folder(folder_of(target_));
  return {};
}

}  // namespace latent::write
