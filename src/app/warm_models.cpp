// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/warm_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <utility>

#include "models/store/files.h"

namespace latent::app {

namespace {

/// A task and what ends its compiling.
struct Made {
  std::string key;
  tasks::Task task;
  std::stop_source stop;
};

struct OpenPackage {
  std::string path;
  models::FileMark mark;
  models::Package package;
};

}  // namespace

struct WarmModels::Shelf {
  std::mutex mutex;
  std::list<std::unique_ptr<Made>> idle;  ///< what was used last comes first
  std::list<OpenPackage> packages;        ///< likewise
};

struct TaskLease::Held {
  Held(std::unique_ptr<Made> made_task, std::shared_ptr<WarmModels::Shelf> from)
      : made(std::move(made_task)), shelf(std::move(from)) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    if (!shelf || made->stop.stop_requested()) return;
    std::unique_ptr<Made> gone;  // ends outside of the lock: it may take its time
    const std::scoped_lock lock(shelf->mutex);
    shelf->idle.push_front(std::move(made));
    if (shelf->idle.size() > WarmModels::kMostTasks) {
      gone = std::move(shelf->idle.back());
      shelf->idle.pop_back();
    }
  }

  std::unique_ptr<Made> made;
  std::shared_ptr<WarmModels::Shelf> shelf;
};

tasks::Task& TaskLease::task() const { return held_->made->task; }

std::shared_ptr<void> TaskLease::watch(const std::stop_token& stop) const {
  const auto end = [source = held_->made->stop]() mutable { source.request_stop(); };
  return std::make_shared<std::stop_callback<std::remove_const_t<decltype(end)>>>(stop, end);
}

WarmModels::WarmModels() : shelf_(std::make_shared<Shelf>()) {}
WarmModels::~WarmModels() = default;

Result<models::Package> WarmModels::package(const std::string& path, const Open& open) {
  const auto mark = models::mark_of(path);
  if (!mark) return open();  // an id, or nothing
  {
    const std::scoped_lock lock(shelf_->mutex);
    auto& kept = shelf_->packages;
    const auto found = std::ranges::find(kept, path, &OpenPackage::path);
    if (found != kept.end() && found->mark == *mark) {
      kept.splice(kept.begin(), kept, found);
      return found->package;
    }
    if (found != kept.end()) kept.erase(found);
  }
  LATENT_TRY(models::Package package, open());
  const std::scoped_lock lock(shelf_->mutex);
  // A folder's own time says nothing of the files in it.
  const bool is_archive = package.path().extension() == ".dtmodel" && mark->bytes > 0;
  if (is_archive && std::filesystem::is_regular_file(package.path())) {
    shelf_->packages.push_front({path, *mark, package});
    if (shelf_->packages.size() > kMostPackages) shelf_->packages.pop_back();
  }
  return package;
}

Result<TaskLease> WarmModels::lease(WarmModels* warm, const std::string& key,
                                    const infer::EngineRequest& engine, const Make& make) {
  const auto shelf = warm == nullptr ? nullptr : warm->shelf_;
  if (shelf) {
    const std::scoped_lock lock(shelf->mutex);
    const auto found =
        std::ranges::find_if(shelf->idle, [&](const auto& made) { return made->key == key; });
    if (found != shelf->idle.end()) {
      auto made = std::move(*found);
      shelf->idle.erase(found);
      return TaskLease(std::make_shared<TaskLease::Held>(std::move(made), shelf));
    }
  }
  std::stop_source stop;
  infer::EngineRequest own = engine;
  own.stop = stop.get_token();
  LATENT_TRY(tasks::Task task, make(own));
  auto made = std::make_unique<Made>(Made{key, std::move(task), std::move(stop)});
  return TaskLease(std::make_shared<TaskLease::Held>(std::move(made), shelf));
}

void WarmModels::clear() {
  std::list<std::unique_ptr<Made>> idle;
  std::list<OpenPackage> packages;
  const std::scoped_lock lock(shelf_->mutex);
  idle.swap(shelf_->idle);
  packages.swap(shelf_->packages);
}

std::string key_of(const infer::EngineRequest& engine) {
  std::string plugins;
  for (const auto& plugin : engine.ort_plugins) plugins += plugin.native() + '\n';
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", static_cast<int>(engine.engine),
                     engine.device, static_cast<int>(engine.precision), engine.threads,
                     engine.streams, engine.cache_dir.native(), engine.ort_library.native(),
                     engine.start_seconds, engine.most_loss_db, plugins);
}

std::string key_of(const Limits& limits) {
  return fmt::format("{}|{}|{}|{}", limits.max_side_px, limits.max_pixels, limits.max_memory_bytes,
                     limits.max_metadata_bytes);
}

}  // namespace latent::app
