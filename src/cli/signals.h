// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace latent::cli {

/// Turns Ctrl-C, SIGTERM and SIGHUP into a request to stop, for as long as it lives. The second one
/// ends the process at once, whatever it is waiting for. To be made before any other thread, since
/// threads inherit which signals they leave to it.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  void wait();

  std::stop_source stop_;
  std::thread stopper_;  ///< asks for the stop: what hangs on it may take its time
  std::thread waiter_;
};

}  // namespace latent::cli
