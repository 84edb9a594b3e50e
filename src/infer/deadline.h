// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/result.h"
#include "infer/engine.h"
#include "infer/tensor_session.h"

namespace latent::infer {

/// Calls `late` once if met() was not called within so many seconds.
///
/// Threads  `late` runs on a thread of its own, and has ended when met() or the destructor return.
class Deadline {
 public:
  /// 0 seconds: no deadline.
  Deadline(double seconds, std::function<void()> late);
  ~Deadline() { met(); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void met();

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread waiter_;
};

/// The first tile of a network took longer than that.
[[nodiscard]] Error first_tile_too_late(double seconds);

/// Session::run() that `request.stop` ends, and `request.start_seconds` too.
///
/// Errors   as Session::run(); Device where it took too long.
[[nodiscard]] Status run_within(Session& session, ConstTensorView input, TensorView output,
                                const EngineRequest& request);

/// TensorSession::run() likewise.
[[nodiscard]] Result<std::vector<NamedTensor>> run_within(TensorSession& session,
                                                          const std::vector<NamedTensor>& inputs,
                                                          const EngineRequest& request);

}  // namespace latent::infer
