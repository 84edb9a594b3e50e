// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "infer/engine.h"
#include "models/store/package.h"
#include "tasks/task.h"

namespace latent::app {

/// A task that somebody works with alone. When the last copy is gone, the task goes back to the
/// WarmModels that it is from, if there is one.
///
/// Threads  one call at a time.
class TaskLease {
 public:
  [[nodiscard]] tasks::Task& task() const;

  /// While what is returned lives, a stop of `stop` ends also the compiling of networks. A task that
  /// was stopped so is not used again.
  [[nodiscard]] std::shared_ptr<void> watch(const std::stop_token& stop) const;

 private:
  friend class WarmModels;
  struct Held;
  explicit TaskLease(std::shared_ptr<Held> held) : held_(std::move(held)) {}
  std::shared_ptr<Held> held_;
};

/// Packages that were judged, and tasks with their compiled networks, kept for the next job.
///
/// A task is kept for what it was made of: its packages by their hashes, the engine, the limits. Up
/// to kMostTasks are kept; the one that was not used for the longest time goes first. A package is
/// kept by its file's size, time and inode, as long as these stay.
///
/// Threads  any, any number at once: no two get the same task at the same time. Leases may live
///          longer than this object.
class WarmModels {
 public:
  static constexpr std::size_t kMostTasks = 8;
  static constexpr std::size_t kMostPackages = 16;

  WarmModels();
  ~WarmModels();
  WarmModels(const WarmModels&) = delete;
  WarmModels& operator=(const WarmModels&) = delete;
  WarmModels(WarmModels&&) = delete;
  WarmModels& operator=(WarmModels&&) = delete;

  using Open = std::function<Result<models::Package>()>;
  /// What `open` gave before for that name, where the file is still the same; else calls it. Only
  /// names that are paths of archives are kept.
  [[nodiscard]] Result<models::Package> package(const std::string& path, const Open& open);

  /// Makes a task whose engine is `engine`, but for its stop token.
  using Make = std::function<Result<tasks::Task>(const infer::EngineRequest& engine)>;
  /// A task that was made for the same `key` and is idle, else a new one. `warm` may be null: then
  /// it is new, and not kept.
  ///
  /// Errors   those of `make`.
  [[nodiscard]] static Result<TaskLease> lease(WarmModels* warm, const std::string& key,
                                               const infer::EngineRequest& engine,
                                               const Make& make);

  /// Lets go of all that is idle.
  void clear();

 private:
  friend class TaskLease;
  struct Shelf;
  std::shared_ptr<Shelf> shelf_;
};

/// What distinguishes engines, for a key of lease().
[[nodiscard]] std::string key_of(const infer::EngineRequest& engine);
[[nodiscard]] std::string key_of(const Limits& limits);

}  // namespace latent::app
