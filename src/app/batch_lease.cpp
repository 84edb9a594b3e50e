// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch_lease.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <random>
#include <system_error>

#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/manifest/json.h"
#include "models/store/files.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxLeaseBytes = 4096;
constexpr int kTouchesInTimeout = 10;

std::string random_word() {
  std::random_device source;
  return fmt::format("{:08x}{:08x}", source(), source());
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// Changes with the machine and with each start of it; empty where the system has none.
std::string boot_of_this_machine() {
  auto text = read_small_file("/proc/sys/kernel/random/boot_id", 256);
  return text ? text->substr(0, text->find('\n')) : "";
}

struct Content {
  std::string token;
  std::string host;
  std::string boot;
  std::string since;
};

std::string text_of(const Content& content) {
  return models::dump_json(models::Json::Object{{"token", content.token},
                                                {"host", content.host},
                                                {"boot", content.boot},
                                                {"since", content.since}});
}

Content content_of(const fs::path& path) {
  const auto text = read_small_file(path, kMaxLeaseBytes);
  const auto json =
      text ? models::parse_json(*text, "a lease", kMaxLeaseBytes) : fail(ErrorCode::NotFound, "");
  const auto* object = json ? json->as_object() : nullptr;
  if (object == nullptr) return {};
  using models::text_at;
  return {text_at(*object, "token"), text_at(*object, "host"), text_at(*object, "boot"),
          text_at(*object, "since")};
}

std::int64_t seconds_of(const struct stat& facts) {
  return static_cast<std::int64_t>(facts.st_mtim.tv_sec);
}

/// What the file server takes for now: the time that it gives a file which is written.
std::optional<std::int64_t> server_time(const fs::path& folder) {
  const fs::path probe = folder / (".time-" + random_word());
  const Descriptor file(::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  struct stat facts {};
  const bool good = file.good() && ::write(file.number(), "t", 1) == 1 &&
                    ::fsync(file.number()) == 0 && ::fstat(file.number(), &facts) == 0;
  ::unlink(probe.c_str());
  return good ? std::optional(seconds_of(facts)) : std::nullopt;
}

/// Whether the holder of an open lease file is dead.
bool is_dead(const Descriptor& file, const Content& content, const fs::path& folder,
             std::chrono::seconds timeout) {
  const bool same_machine = !content.boot.empty() && content.boot == boot_of_this_machine();
  if (same_machine && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return true;
  struct stat facts {};
  const auto now = server_time(folder);
  return now && ::fstat(file.number(), &facts) == 0 && *now - seconds_of(facts) > timeout.count();
}

/// Moves a dead lease away; of several that try, one does it. One that came instead of it meanwhile
/// is put back.
void move_away(const fs::path& path, const Descriptor& file) {
  struct stat judged {};
  struct stat moved {};
  const fs::path away = path.native() + ".dead-" + random_word();
  if (::fstat(file.number(), &judged) != 0 || ::rename(path.c_str(), away.c_str()) != 0) return;
  const bool same = ::stat(away.c_str(), &moved) == 0 && moved.st_ino == judged.st_ino;
  std::error_code taken;  // by a third one, which then has it
  if (!same) fs::create_hard_link(away, path, taken);
  ::unlink(away.c_str());
}

}  // namespace

struct Lease::Kept {
  fs::path path;
  std::string token;
  Descriptor file;  ///< with the lock that dies with the process
  std::mutex mutex;
  std::condition_variable_any wake;
  std::jthread touching;

  void touch_now_and_then(std::chrono::seconds timeout) {
    touching = std::jthread([this, timeout](const std::stop_token& stop) {
      const auto pause =
          std::chrono::duration_cast<std::chrono::milliseconds>(timeout) / kTouchesInTimeout;
      std::unique_lock lock(mutex);
      while (!wake.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); })) {
        ::futimens(file.number(), nullptr);
      }
    });
  }
};

Lease::Lease(std::unique_ptr<Kept> kept) : kept_(std::move(kept)) {}

Lease::Lease(Lease&& other) noexcept = default;

Lease& Lease::operator=(Lease&& other) noexcept {
  std::swap(kept_, other.kept_);
  return *this;
}

Lease::~Lease() {
  if (!kept_) return;
  kept_->touching = {};
  if (is_held()) ::unlink(kept_->path.c_str());
}

bool Lease::is_held() const { return content_of(kept_->path).token == kept_->token; }

const std::string& Lease::token() const { return kept_->token; }

Result<std::optional<Lease>> Lease::take(const fs::path& folder, const std::string& name,
                                         std::chrono::seconds timeout, LeaseHolder* holder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const fs::path path = folder / name;
  if (const Descriptor old(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); old.good()) {
    const Content content = content_of(path);
    if (!is_dead(old, content, folder, timeout)) {
      if (holder != nullptr) *holder = {content.host, content.since};
      return std::optional<Lease>();
    }
    move_away(path, old);
  }
  auto kept = std::make_unique<Kept>();
  kept->path = path;
  kept->token = random_word();
  SafeFileOptions options;
  options.access = FileAccess::of(folder);
  auto file = SafeFile::create(path, options);
  if (!file && file.error().code == ErrorCode::Usage) return std::optional<Lease>();
  if (!file) return tl::make_unexpected(file.error());
  LATENT_CHECK(
      file->write(text_of({kept->token, host_name(), boot_of_this_machine(), models::now_utc()})));
  if (const auto named = file->commit(); !named) {
    if (named.error().code == ErrorCode::Usage) return std::optional<Lease>();  // another was first
    return tl::make_unexpected(named.error());
  }
  kept->file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  Lease lease(std::move(kept));
  // Whoever took the lock between the two calls took the lease over.
  (void)::flock(lease.kept_->file.number(), LOCK_EX | LOCK_NB);
  if (!lease.is_held()) return std::optional<Lease>();
  lease.kept_->touch_now_and_then(timeout);
  return std::optional<Lease>(std::move(lease));
}

}  // namespace latent::app
