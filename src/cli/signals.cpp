// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/signals.h"

#include <pthread.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <system_error>

#include "cli/exit_code.h"

namespace latent::cli {

namespace {

/// What wakes the waiter at the end of the program; no user sends it.
constexpr int kGoodbye = SIGUSR2;
/// Some programs hand a signal on to a child that the terminal has sent it to as well: signals that
/// come together are one.
constexpr auto kTogether = std::chrono::milliseconds(100);

sigset_t awaited_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kGoodbye}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

StopOnSignal::StopOnSignal() {
  const sigset_t signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, not a sudden end
  std::signal(SIGXFSZ, SIG_IGN);  // likewise a file size limit
  waiter_ = std::thread([this] { wait(); });
}

void StopOnSignal::wait() {
  using Clock = std::chrono::steady_clock;
  const sigset_t signals = awaited_signals();
  Clock::time_point first;
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal != kGoodbye) {
    if (!stopper_.joinable()) {
      first = Clock::now();
      try {
        stopper_ = std::thread([this] { stop_.request_stop(); });
      } catch (const std::system_error&) {
        stop_.request_stop();  // no thread to be had: then it is waited for here
      }
    } else if (Clock::now() - first > kTogether) {
      ::_exit(kCancelled);
    }
  }
}

StopOnSignal::~StopOnSignal() {
  pthread_kill(waiter_.native_handle(), kGoodbye);
  waiter_.join();
  if (stopper_.joinable()) stopper_.join();
}

}  // namespace latent::cli
