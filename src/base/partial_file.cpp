// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/path.h"
#include "base/target_place.h"

namespace latent {

Result<PartialFile> PartialFile::open(const std::filesystem::path& path, Begin begin,
                                      const FileAccess& access) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  Descriptor file(::open(path.c_str(), kFlags, 0600U | (access.bits & 0066U)));
  struct stat facts {};
  const bool opened = file.good() && ::fstat(file.number(), &facts) == 0;
  const int error = errno;
  if (opened ? !S_ISREG(facts.st_mode) : error == ELOOP || error == EISDIR || error == ENXIO) {
    return fail(ErrorCode::Unsupported, path,
                quoted(path) + " is no file where one is expected; move it away");
  }
  if (!opened) return cannot_write(path, error, 0);
  restrict_access(file.number(), access);
  if (begin == Begin::Anew && ::ftruncate(file.number(), 0) != 0) {
    return cannot_write(path, errno, 0);
  }
  return PartialFile(path, std::move(file));
}

Status PartialFile::append(std::span<const char> bytes) {
  LATENT_ENSURE(file_.good());
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return cannot_write(path_, written == 0 ? ENOSPC : errno, 0);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status PartialFile::close() {
  LATENT_ENSURE(file_.good());
  const int error = ::fsync(file_.number()) == 0 ? 0 : errno;
  file_.close();
  if (error != 0) return cannot_write(path_, error, 0);
  return {};
}

}  // namespace latent
