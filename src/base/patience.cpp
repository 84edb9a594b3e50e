// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/patience.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <thread>

namespace latent {

namespace {

std::atomic<int>& abandoned() {
  // Never destroyed: threads that were left behind count themselves off whenever they end.
  static auto* const count = new std::atomic<int>(0);
  return *count;
}

[[maybe_unused]] void end_at_exit(int code, void* /*unused*/) {
  (void)end_beside_abandoned_works(code);
}

}  // namespace

int end_beside_abandoned_works(int code) {
  if (abandoned_works() == 0) return code;
  std::fflush(nullptr);
  ::_exit(code);
}

int abandoned_works() { return abandoned().load(); }

namespace detail {

bool Meeting::finish(const std::function<void()>& hand_over) {
  const std::scoped_lock lock(mutex_);
  if (abandoned_) return false;
  hand_over();
  done_ = true;
  changed_.notify_all();
  return true;
}

Outcome Meeting::wait(const Patience& patience) {
  std::unique_lock lock(mutex_);
  const auto is_done = [this] { return done_; };
  if (patience.seconds > 0) {
    // A year is no limit either, and what a clock can count.
    const std::chrono::duration<double> most(std::min(patience.seconds, 3.2e7));
    changed_.wait_for(lock, patience.stop,
                      std::chrono::duration_cast<std::chrono::milliseconds>(most), is_done);
  } else {
    changed_.wait(lock, patience.stop, is_done);
  }
  if (done_) return Outcome::Done;
  abandoned_ = true;
  ++abandoned();
#ifdef __GLIBC__
  ::on_exit(end_at_exit, nullptr);  // anew each time: before what was registered until now
#endif
  return patience.stop.stop_requested() ? Outcome::Stopped : Outcome::Late;
}

void count_off_abandoned() { --abandoned(); }

bool start_detached(std::function<void()> body) {
  try {
    std::thread(std::move(body)).detach();
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace detail

}  // namespace latent
