// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/deadline.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include "base/threads.h"

namespace latent::infer {

Deadline::Deadline(double seconds, std::function<void()> late) {
  if (seconds <= 0) return;
  const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(std::min(seconds, 3.2e7)));
  waiter_ = std::jthread([this, most, late = std::move(late)](const std::stop_token& stop) {
    (void)run_safely([&] {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, most, [] { return false; });
      if (!stop.stop_requested()) late();
    });
  });
}

void Deadline::met() {
  if (!waiter_.joinable()) return;
  waiter_.request_stop();
  waiter_.join();
}

Error first_tile_too_late(double seconds) {
  return fail(ErrorCode::Device,
              fmt::format("the network's first tile took longer than {:g} seconds; --limit-start "
                          "allows more, a smaller network needs less",
                          seconds))
      .value();
}

namespace {

/// run(), with the session cancelled by a stop or when its time is over.
template <class AnySession, class Run>
auto run_guarded(AnySession& session, const EngineRequest& request, const Run& run)
    -> decltype(run()) {
  std::atomic<bool> is_late = false;
  auto ran = [&] {
    Deadline deadline(request.start_seconds, [&] {
      is_late = true;
      session.cancel();
    });
    const std::stop_callback on_stop(request.stop, [&] { session.cancel(); });
    return run();
  }();
  if (ran || ran.error().code != ErrorCode::Cancelled) return ran;
  session.resume();
  if (is_late) return tl::make_unexpected(first_tile_too_late(request.start_seconds));
  return ran;
}

}  // namespace

Status run_within(Session& session, ConstTensorView input, TensorView output,
                  const EngineRequest& request) {
  return run_guarded(session, request, [&] { return session.run(input, output); });
}

Result<std::vector<NamedTensor>> run_within(TensorSession& session,
                                            const std::vector<NamedTensor>& inputs,
                                            const EngineRequest& request) {
  return run_guarded(session, request, [&] { return session.run(inputs); });
}

}  // namespace latent::infer
