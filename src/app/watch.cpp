// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/watch.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <system_error>

#include "app/folder_sources.h"
#include "app/manifest.h"
#include "app/task_table.h"
#include "base/descriptor.h"
#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kLookMs = 200;
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY | IN_CREATE |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// What is known of a file that is arriving.
struct Arriving {
  std::uintmax_t bytes = 0;
  fs::file_time_type changed;
  Clock::time_point since;  ///< since when it is as it is
};

class Watcher {
 public:
  Watcher(const WatchRequest& request, BatchObserver& observer, const std::stop_token& stop,
          const Workplace& at)
      : request_(request), observer_(observer), stop_(stop), at_(at) {}

  Result<BatchResult> run();

 private:
  Status open();
  Status read_events();
  Status look_through();
  void notice(const fs::path& name);
  Status do_complete();
  Status do_one(const fs::path& path);

  const WatchRequest& request_;
  BatchObserver& observer_;
  const std::stop_token& stop_;
  const Workplace& at_;
  Descriptor events_;
  std::map<fs::path, Arriving> arriving_;
  std::map<fs::path, fs::file_time_type> done_;  ///< with the time of the file that was done
  BatchResult result_;
};

Status Watcher::open() {
  events_ = Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!events_.good() ||
      ::inotify_add_watch(events_.number(), request_.folder.c_str(), kEvents) < 0) {
    const bool limit = errno == ENOSPC || errno == EMFILE;
    return fail(ErrorCode::Io, request_.folder,
                fmt::format("the folder {} cannot be watched: {}{}", quoted(request_.folder),
                            std::strerror(errno),  // NOLINT(concurrency-mt-unsafe)
                            limit ? "; raise fs.inotify.max_user_watches" : ""));
  }
  return {};
}

void Watcher::notice(const fs::path& name) {
  const std::string& text = name.native();
  if (text.empty() || text.starts_with('.')) return;
  if (!request_.match.empty() && !matches_name(name, request_.match)) return;
  arriving_.try_emplace(request_.folder / name, Arriving{0, {}, Clock::now()});
}

/// All files of the folder: at the start, and when events were lost.
Status Watcher::look_through() {
  std::error_code failed;
  for (fs::directory_iterator entry(request_.folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code unknown;
    if (entry->is_regular_file(unknown)) notice(entry->path().filename());
  }
  if (!failed) return {};
  return fail(
      ErrorCode::Io, request_.folder,
      fmt::format("the folder {} cannot be read: {}", quoted(request_.folder), failed.message()));
}

Status Watcher::read_events() {
  pollfd input{events_.number(), POLLIN, 0};
  if (::poll(&input, 1, kLookMs) <= 0) return {};
  alignas(inotify_event) std::array<char, 65536> block{};
  const ssize_t count = ::read(events_.number(), block.data(), block.size());
  for (ssize_t at = 0; at < count;) {
    const auto* event = reinterpret_cast<const inotify_event*>(block.data() + at);
    at += static_cast<ssize_t>(sizeof(inotify_event)) + static_cast<ssize_t>(event->len);
    if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0) {
      return fail(ErrorCode::Io, request_.folder,
                  quoted(request_.folder) + " was moved or deleted; it is watched no more");
    }
    if ((event->mask & IN_Q_OVERFLOW) != 0) LATENT_CHECK(look_through());
    if (event->len > 0) notice(event->name);
  }
  return {};
}

/// Does the files that did not change for as long as the request says.
Status Watcher::do_complete() {
  std::vector<fs::path> complete;
  for (auto entry = arriving_.begin(); entry != arriving_.end();) {
    auto& [path, file] = *entry;
    std::error_code gone;
    const auto bytes = fs::file_size(path, gone);
    const auto changed = gone ? fs::file_time_type{} : fs::last_write_time(path, gone);
    if (gone) {
      entry = arriving_.erase(entry);
      continue;
    }
    if (bytes != file.bytes || changed != file.changed) file = {bytes, changed, Clock::now()};
    const bool settled = bytes > 0 && Clock::now() - file.since >= request_.settle;
    if (settled) complete.push_back(path);
    entry = settled ? arriving_.erase(entry) : std::next(entry);
  }
  for (const fs::path& path : complete) {
    if (stop_.stop_requested()) break;
    std::error_code gone;
    const auto changed = fs::last_write_time(path, gone);
    const auto known = done_.find(path);
    if (gone || (known != done_.end() && known->second == changed)) continue;
    done_[path] = changed;
    LATENT_CHECK(do_one(path));
  }
  return {};
}

/// The photograph whose result that file is by its name, where results say nothing of themselves.
std::optional<fs::path> source_of_result(const fs::path& file, const std::string& suffix) {
  const std::string stem = stem_without_suffix(file, suffix);
  if (stem == file.stem().native()) return std::nullopt;
  std::error_code failed;
  for (fs::directory_iterator entry(file.parent_path(), failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (entry->path().stem().native() == stem) return entry->path();
  }
  return std::nullopt;
}

Status Watcher::do_one(const fs::path& path) {
  LATENT_TRY(const TaskRow* row, task_row(request_.pattern.task));
  if (!takes(*row, path)) return {};
  if (row->results_by_name) {
    if (const auto of = source_of_result(path, row->suffix(request_.pattern))) {
      observer_.started(path, 0, 1);
      observer_.skipped(
          path, {Skipped::Why::ResultOf, *of, fmt::format("it is the result of {}", quoted(*of))});
      ++result_.skipped;
      return {};
    }
  }
  Job job = for_batch(request_.pattern);
  job.sources = {path};
  LATENT_TRY(const Batch batch, batch_of(job, at_));
  const BatchResult did = run_batch(batch, observer_, stop_);
  result_.done += did.done;
  result_.skipped += did.skipped;
  result_.failed += did.failed;
  return {};
}

Result<BatchResult> Watcher::run() {
  LATENT_CHECK(open());
  if (request_.existing) LATENT_CHECK(look_through());
  while (!stop_.stop_requested()) {
    LATENT_CHECK(read_events());
    LATENT_CHECK(do_complete());
  }
  result_.cancelled = true;
  return result_;
}

}  // namespace

Result<BatchResult> watch_folder(const WatchRequest& request, BatchObserver& observer,
                                 const std::stop_token& stop, const Workplace& at) {
  return Watcher(request, observer, stop, at).run();
}

}  // namespace latent::app
