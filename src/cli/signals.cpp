// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/signals.h"

#include <pthread.h>
#include <csignal>

namespace latent::cli {

namespace {

/// What wakes the waiter at the end of the program; no user sends it.
constexpr int kGoodbye = SIGUSR2;

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
  waiter_ = std::thread([this, signals] {
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && signal != kGoodbye) stop_.request_stop();
  });
}

StopOnSignal::~StopOnSignal() {
  pthread_kill(waiter_.native_handle(), kGoodbye);
  waiter_.join();
}

}  // namespace latent::cli
