// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <system_error>
#include <vector>

#include "base/descriptor.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "models/manifest/checkpoint.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSpareBytes = std::uint64_t{16} << 20U;

tl::unexpected<Error> io(const fs::path& path, const char* what, int code) {
  return fail(ErrorCode::Io, path,
              quoted(path) + " cannot be " + what + ": " + std::generic_category().message(code));
}

Status pump(int from, const fs::path& source, SafeFile& target, const RunControl& control) {
  std::vector<char> block(std::size_t{1} << 20U);
  for (;;) {
    LATENT_CHECK(control.check());
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io(source, "read", errno);
    if (got == 0) return {};
    LATENT_CHECK(target.write({block.data(), static_cast<std::size_t>(got)}));
  }
}

}  // namespace

void checkpoint(const char* step) {
  const char* wanted = std::getenv("LATENT_TEST_STOP_AT");
  if (wanted != nullptr && std::strcmp(wanted, step) == 0) std::raise(SIGKILL);
}

Result<FileMark> mark_of(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    return fail(ErrorCode::NotFound, path, "there is no " + quoted(path));
  }
  return FileMark{static_cast<std::uint64_t>(facts.st_size),
                  facts.st_mtim.tv_sec * std::int64_t{1'000'000'000} + facts.st_mtim.tv_nsec,
                  facts.st_ino};
}

Status sync_path(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.good() || ::fsync(file.number()) != 0) return io(path, "brought to the disk", errno);
  return {};
}

Status rename_path(const fs::path& from, const fs::path& to) {
  std::error_code code;
  fs::rename(from, to, code);
  if (code) {
    return fail(ErrorCode::Io, from,
                quoted(from) + " cannot become " + quoted(to) + ": " + code.message());
  }
  return {};
}

Status copy_file(const fs::path& from, const fs::path& to, const RunControl& control) {
  const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!source.good()) return io(from, "read", errno);
  LATENT_TRY(SafeFile target, SafeFile::create(to, {.access = FileAccess::of(to.parent_path())}));
  LATENT_CHECK(pump(source.number(), from, target, control));
  return target.commit();
}

Status require_space(const fs::path& folder, std::uint64_t bytes) {
  struct statvfs facts {};
  if (::statvfs(folder.c_str(), &facts) != 0) return {};  // the write itself will tell
  const std::uint64_t free = std::uint64_t{facts.f_bavail} * facts.f_frsize;
  if (free >= bytes + kSpareBytes) return {};
  return fail(ErrorCode::Io, folder,
              quoted(folder) + " has " + std::to_string(free / 1'000'000) + " MB free where " +
                  std::to_string((bytes + kSpareBytes) / 1'000'000 + 1) +
                  " MB are needed; make room or choose another --models-dir");
}

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace latent::models
