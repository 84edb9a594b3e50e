// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "app/studio/queue.h"
#include "app/studio/worker_process.h"
#include "base/descriptor.h"

namespace latent::app {

/// Works through a queue, one picture after the other, each by `latent run` in a process of its
/// own.
///
/// Threads  all functions from any; `changed` is called from the runner's own thread.
class QueueRunner {
 public:
  struct Callbacks {
    std::function<void(const QueueItem&)> changed;  ///< began, went on, ended
    std::function<void()> idle;                     ///< nothing waits any more
    /// What a picture took, for the next estimate: seconds a megapixel, by task.
    std::function<void(const std::string& task, double seconds_per_megapixel)> measured;
  };

  /// `lock` is a file that one program at a time holds; another one only looks on.
  QueueRunner(Queue& queue, std::filesystem::path program, std::filesystem::path lock,
              Callbacks callbacks);
  /// Stops the picture that is being done; it waits again.
  ~QueueRunner();
  QueueRunner(const QueueRunner&) = delete;
  QueueRunner& operator=(const QueueRunner&) = delete;

  /// Whether this program works on the queue; false where another one does.
  [[nodiscard]] bool is_ours() const { return lock_.good(); }
  /// Something was added.
  void wake();
  void pause();
  void go_on();
  [[nodiscard]] bool is_paused() const;
  /// The running item too.
  void cancel(std::int64_t id);
  void cancel_all();

 private:
  void run(const std::stop_token& stop);
  void work_on(Order order, const std::stop_token& stop);
  void judge(QueueItem& item, const ProcessEnd& end, bool answered);

  Queue& queue_;
  std::filesystem::path program_;
  Callbacks callbacks_;
  Descriptor lock_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  bool paused_ = false;
  bool work_ = true;
  bool cancelled_ = false;    ///< the running item
  std::int64_t running_ = 0;  ///< its id
  WorkerProcess* process_ = nullptr;
  std::jthread thread_;  ///< last: it uses all of the others
};

}  // namespace latent::app
