// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/stale_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/descriptor.h"
#include "base/small_file.h"

namespace latent {
namespace {

constexpr std::string_view kPrefix = ".latent-";
constexpr std::string_view kSuffix = ".tmp";
constexpr std::size_t kBootDigits = 8;
constexpr std::size_t kRandomDigits = 16;
using Clock = std::chrono::steady_clock;
constexpr auto kPause = std::chrono::minutes(10);
constexpr std::time_t kThreeDays = std::time_t{3} * 24 * 3600;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
  });
}

/// Eight hex digits; empty where the kernel does not tell.
std::string read_boot() {
  constexpr std::size_t kMostBytes = 100;
  const auto text = read_small_file("/proc/sys/kernel/random/boot_id", kMostBytes);
  if (!text || text->size() < kBootDigits) return "";
  std::string boot = text->substr(0, kBootDigits);
  return is_hex(boot) ? boot : "";
}

const std::string& this_boot() {
  static const std::string boot = read_boot();
  return boot;
}

enum class Origin { NotOurs, ThisBoot, Elsewhere };

Origin origin_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return Origin::NotOurs;
  if (name.size() < kPrefix.size() + kSuffix.size()) return Origin::NotOurs;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  if (name.size() == kRandomDigits && is_hex(name)) return Origin::Elsewhere;  // without a lock
  if (name.size() != kBootDigits + 1 + kRandomDigits || name[kBootDigits] != '-' ||
      !is_hex(name.substr(0, kBootDigits)) || !is_hex(name.substr(kBootDigits + 1))) {
    return Origin::NotOurs;
  }
  const bool here = !this_boot().empty() && name.starts_with(this_boot());
  return here ? Origin::ThisBoot : Origin::Elsewhere;
}

enum class Lock { Taken, HeldByAnother, Unknown };

Lock try_lock(int file) {
  int locked = -1;
  do locked = ::flock(file, LOCK_EX | LOCK_NB);
  while (locked != 0 && errno == EINTR);
  if (locked == 0) return Lock::Taken;
  return errno == EWOULDBLOCK ? Lock::HeldByAnother : Lock::Unknown;
}

void remove_if_stale(int folder, const std::string& name) {
  const Origin origin = origin_of(name);
  if (origin == Origin::NotOurs) return;
  // For writing: NFS makes of an exclusive flock() a lock that needs it.
  const Descriptor file(
      ::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat facts {};
  if (!file.good() || ::fstat(file.number(), &facts) != 0) return;
  if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid()) return;
  const Lock lock = try_lock(file.number());
  if (lock == Lock::HeldByAnother) return;
  const bool ended = origin == Origin::ThisBoot && lock == Lock::Taken;
  const bool old = facts.st_mtim.tv_sec < std::time(nullptr) - kThreeDays;
  if (ended || old) ::unlinkat(folder, name.c_str(), 0);
}

/// Device, number and time of birth: the number of a folder that was removed is soon another's.
using FolderKey =
    std::tuple<std::uint32_t, std::uint32_t, std::uint64_t, std::int64_t, std::uint32_t>;

std::optional<FolderKey> key_of(int folder) {
  struct statx facts {};
  if (::statx(folder, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &facts) != 0) {
    return std::nullopt;
  }
  return FolderKey{facts.stx_dev_major, facts.stx_dev_minor, facts.stx_ino, facts.stx_btime.tv_sec,
                   facts.stx_btime.tv_nsec};
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

std::string temporary_name() {
  std::random_device device;
  const std::string& boot = this_boot();
  return fmt::format("{}{}-{:08x}{:08x}{}", kPrefix,
                     boot.empty() ? std::string(kBootDigits, '0') : boot, device(), device(),
                     kSuffix);
}

bool hold_temporary(int file) {
  const Lock lock = try_lock(file);
  if (lock == Lock::HeldByAnother) return false;
  struct stat facts {};
  // A sweep that saw it before it was locked may have removed it meanwhile.
  return ::fstat(file, &facts) == 0 && facts.st_nlink > 0;
}

void sweep_stale_files(int folder) {
  Descriptor listed(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listed.good()) return;
  const std::unique_ptr<DIR, CloseFolder> entries(::fdopendir(listed.number()));
  if (!entries) return;
  (void)listed.release();
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(entries.get())) {
    if (origin_of(entry->d_name) != Origin::NotOurs) names.emplace_back(entry->d_name);
  }
  for (const std::string& name : names) remove_if_stale(folder, name);
}

void sweep_stale_files_now_and_then(int folder) {
  static std::mutex mutex;
  static std::map<FolderKey, Clock::time_point> swept;
  const auto key = key_of(folder);
  if (!key) return;
  {
    const std::lock_guard guard(mutex);
    const auto now = Clock::now();
    const auto [known, is_new] = swept.try_emplace(*key, now);
    if (!is_new && now - known->second < kPause) return;
    known->second = now;
  }
  sweep_stale_files(folder);
}

}  // namespace latent
