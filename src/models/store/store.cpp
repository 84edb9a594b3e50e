// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <thread>

#include "base/file_access.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/manifest/checkpoint.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxStateBytes = std::size_t{4} << 20U;
constexpr auto kPollInterval = std::chrono::milliseconds(25);
constexpr auto kPartialAge = std::chrono::hours(24 * 14);

fs::path state_path(const fs::path& folder) { return folder / "state.json"; }
fs::path next_path(const fs::path& folder) { return folder / "quarantine" / "state.next"; }
fs::path archive_path(const fs::path& folder, const std::string& id) {
  return folder / (id + ".dtmodel");
}

/// Whether the change that state.next describes was made before the program ended.
bool was_made(const fs::path& folder, const Pending& pending) {
  const auto mark = mark_of(archive_path(folder, pending.id));
  if (pending.inode != 0) return mark && mark->inode == pending.inode;
  return !mark && !mark_of(folder / pending.id);
}

/// The state of an unfinished change that was made, if there is one.
std::optional<StoreState> made_but_not_renamed(const fs::path& folder) {
  const auto text = read_small_file(next_path(folder), kMaxStateBytes);
  if (!text) return std::nullopt;
  auto state = parse_state(*text);
  if (!state || !state->pending || !was_made(folder, *state->pending)) return std::nullopt;
  state->pending.reset();
  return *std::move(state);
}

Result<StoreState> read_state(const fs::path& folder) {
  if (auto state = made_but_not_renamed(folder)) return *std::move(state);
  const auto text = read_small_file(state_path(folder), kMaxStateBytes);
  if (!text && text.error().code == ErrorCode::NotFound) return new_state();
  auto state = text ? parse_state(*text) : tl::make_unexpected(text.error());
  if (!state) {
    return fail(state.error().code, folder,
                "the list of models in " + quoted(folder) + " cannot be used (" +
                    state.error().sentence + "); remove state.json there, no model is lost by it");
  }
  state->pending.reset();
  return state;
}

tl::unexpected<Error> not_writable(const fs::path& folder, const std::string& why) {
  return fail(ErrorCode::Io, folder,
              "the models folder " + quoted(folder) + " cannot be changed: " + why);
}

/// The store's own folder decides who may look in: it is the user's alone where we make it, and
/// whoever makes one for many users opens it to them. What is in it is no more open than it is.
Status make_folders(const fs::path& folder) {
  if (const Status made = make_private_folders(folder); !made) {
    return not_writable(folder, made.error().sentence);
  }
  std::error_code code;
  for (const char* name : {"quarantine", "partial"}) {
    fs::create_directories(folder / name, code);
    if (code) return not_writable(folder, code.message());
  }
  return {};
}

}  // namespace

struct StoreWriter::Handle {
  int file = -1;
  ~Handle() {
    if (file >= 0) ::close(file);  // which unlocks
  }
};

StoreWriter::StoreWriter(fs::path folder, std::unique_ptr<Handle> handle)
    : folder_(std::move(folder)), handle_(std::move(handle)) {}
StoreWriter::StoreWriter(StoreWriter&&) noexcept = default;
StoreWriter& StoreWriter::operator=(StoreWriter&&) noexcept = default;
StoreWriter::~StoreWriter() = default;

fs::path StoreWriter::quarantine_path(const std::string& suffix) {
  return folder_ / "quarantine" / (std::to_string(next_name_++) + suffix);
}

fs::path StoreWriter::partial_folder() const { return folder_ / "partial"; }

Status StoreWriter::prepare() {
  LATENT_CHECK(replace_file(next_path(folder_), {dump_state(state)}, FileAccess::of(folder_)));
  checkpoint("state-prepared");
  return {};
}

Status StoreWriter::commit() {
  LATENT_CHECK(rename_path(next_path(folder_), state_path(folder_)));
  checkpoint("state-renamed");
  LATENT_CHECK(sync_path(folder_));
  state.pending.reset();
  return {};
}

Status StoreWriter::replace(const std::string& id, const fs::path& judged, Origin origin) {
  LATENT_CHECK(sync_path(judged));
  checkpoint("package-synced");
  LATENT_TRY(const FileMark mark, mark_of(judged));
  origin.mark = mark;
  state.origins[id] = std::move(origin);
  state.pending = Pending{id, mark.inode};
  LATENT_CHECK(prepare());
  LATENT_CHECK(rename_path(judged, archive_path(folder_, id)));
  checkpoint("package-renamed");
  LATENT_CHECK(sync_path(folder_));
  return commit();
}

Status StoreWriter::remove(const std::string& id) {
  state.origins.erase(id);
  state.pinned.erase(id);
  state.pending = Pending{id, 0};
  LATENT_CHECK(prepare());
  std::error_code code;
  for (const fs::path& path : {folder_ / id, archive_path(folder_, id)}) {
    if (fs::exists(fs::symlink_status(path, code))) {
      LATENT_CHECK(rename_path(path, quarantine_path(".removed")));
    }
  }
  checkpoint("package-removed");
  LATENT_CHECK(sync_path(folder_));
  LATENT_CHECK(commit());
  return sweep();
}

Status StoreWriter::save() {
  state.pending.reset();
  LATENT_CHECK(prepare());
  return commit();
}

Status StoreWriter::sweep() {
  if (made_but_not_renamed(folder_)) {
    LATENT_CHECK(rename_path(next_path(folder_), state_path(folder_)));
    LATENT_CHECK(sync_path(folder_));
  }
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder_ / "quarantine", code)) {
    std::error_code ignored;
    fs::remove_all(entry.path(), ignored);
  }
  const auto oldest = fs::file_time_type::clock::now() - kPartialAge;
  for (const auto& entry : fs::directory_iterator(partial_folder(), code)) {
    std::error_code ignored;
    if (fs::last_write_time(entry.path(), ignored) < oldest) fs::remove(entry.path(), ignored);
  }
  return {};
}

Result<StoreState> Store::state() const {
  return folder_.empty() ? Result<StoreState>(new_state()) : read_state(folder_);
}

std::vector<PackagePlace> Store::packages() const {
  if (folder_.empty()) return {};
  return Registry({folder_}).list();
}

Result<StoreWriter> Store::lock(std::chrono::milliseconds wait, const RunControl& control) const {
  if (folder_.empty()) {
    return fail(ErrorCode::Usage, "there is no folder for models; set HOME or LATENT_MODELS_DIR");
  }
  LATENT_CHECK(make_folders(folder_));
  auto handle = std::make_unique<StoreWriter::Handle>();
  handle->file = ::open((folder_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (handle->file < 0) return not_writable(folder_, std::generic_category().message(errno));
  const auto deadline = std::chrono::steady_clock::now() + wait;
  while (::flock(handle->file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return not_writable(folder_, std::generic_category().message(errno));
    }
    LATENT_CHECK(control.check());
    if (std::chrono::steady_clock::now() >= deadline) {
      return not_writable(folder_,
                          "another program is changing it; wait for it, or give a longer --wait");
    }
    std::this_thread::sleep_for(kPollInterval);
  }
  StoreWriter writer(folder_, std::move(handle));
  LATENT_CHECK(writer.sweep());
  LATENT_TRY(writer.state, read_state(folder_));
  return writer;
}

}  // namespace latent::models
