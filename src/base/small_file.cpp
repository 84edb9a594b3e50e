// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

#include "base/descriptor.h"
#include "base/path.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cannot_be_read(const fs::path& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return fail(ErrorCode::NotFound, path, "there is no " + quoted(path));
  }
  return fail(ErrorCode::Io, path,
              quoted(path) + " cannot be read: " + std::generic_category().message(error));
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

Status judge(const fs::path& path, const struct stat& facts, std::size_t max_bytes) {
  if (!S_ISREG(facts.st_mode)) {
    return fail(
        ErrorCode::Unsupported, path,
        quoted(path) + " is " + kind_of(facts.st_mode) + " where a file is expected; move it away");
  }
  if (facts.st_size > 0 && static_cast<std::uintmax_t>(facts.st_size) > max_bytes) {
    return fail(
        ErrorCode::TooLarge, path,
        quoted(path) + " is larger than the " + std::to_string(max_bytes) + " bytes it may have");
  }
  return {};
}

/// The file opened for reading, without waiting for anybody.
Result<Descriptor> open_regular(const fs::path& path, std::size_t max_bytes) {
  struct stat facts {};
  // Before it is opened: to open a device may already set something in motion.
  if (::stat(path.c_str(), &facts) != 0) return cannot_be_read(path, errno);
  LATENT_CHECK(judge(path, facts, max_bytes));
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.good() || ::fstat(file.number(), &facts) != 0) return cannot_be_read(path, errno);
  LATENT_CHECK(judge(path, facts, max_bytes));  // another may have taken its name since
  return file;
}

Result<std::string> read_to_end(const Descriptor& file, const fs::path& path,
                                std::size_t max_bytes) {
  constexpr std::size_t kStep = std::size_t{64} << 10U;
  std::string text;
  for (;;) {
    // One byte beyond the limit is asked for, which a file that has grown gives.
    const std::size_t have = text.size();
    const std::size_t wanted = std::min(kStep, max_bytes - have + 1);
    text.resize(have + wanted);
    ssize_t got = -1;
    do got = ::read(file.number(), text.data() + have, wanted);
    while (got < 0 && errno == EINTR);
    if (got < 0) return cannot_be_read(path, errno);
    text.resize(have + static_cast<std::size_t>(got));
    if (got == 0) return text;
    if (text.size() > max_bytes) {
      return fail(
          ErrorCode::TooLarge, path,
          quoted(path) + " is larger than the " + std::to_string(max_bytes) + " bytes it may have");
    }
  }
}

}  // namespace

Result<std::string> read_small_file(const fs::path& path, std::size_t max_bytes) {
  LATENT_TRY(const Descriptor file, open_regular(path, max_bytes));
  try {
    return read_to_end(file, path, max_bytes);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::TooLarge, path, "there is not enough memory to read " + quoted(path));
  }
}

}  // namespace latent
