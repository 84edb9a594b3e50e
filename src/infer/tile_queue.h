// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"
#include "image/tensor.h"

namespace latent::infer {

/// One thread that computes what is started, in order: for sessions whose engine computes on the
/// calling thread.
///
/// Threads  as Session: functions from one thread, cancel() from any.
class TileQueue {
 public:
  using Compute = std::function<Status(ConstTensorView input, TensorView output)>;

  static constexpr int kSlots = 2;

  /// Starts the thread; what `compute` uses must outlive this.
  explicit TileQueue(Compute compute);
  /// Waits for what is under way.
  ~TileQueue();
  TileQueue(const TileQueue&) = delete;
  TileQueue& operator=(const TileQueue&) = delete;

  /// Session::start() and wait().
  [[nodiscard]] Status start(int slot, ConstTensorView input, TensorView output);
  [[nodiscard]] Status wait(int slot);

  /// From here on nothing is begun, and what is under way ends as Cancelled.
  void cancel() { cancelled_ = true; }
  void resume() { cancelled_ = false; }

 private:
  struct Job {
    ConstTensorView input;
    TensorView output;
    bool busy = false;
    std::optional<Status> result;
  };

  void work();

  Compute compute_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::array<Job, kSlots> jobs_;
  std::deque<int> queue_;
  std::atomic<bool> cancelled_ = false;
  bool ending_ = false;
  std::thread thread_;  ///< last: it uses the others
};

}  // namespace latent::infer
