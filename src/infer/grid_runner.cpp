// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/grid_runner.h"

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <utility>

#include "base/threads.h"
#include "infer/deadline.h"
#include "infer/strip.h"

namespace latent::infer {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The session in use, which a stop request may cancel from another thread.
class Runner {
 public:
  Runner(Session& session, const TileRunOptions& options) : session_(&session), options_(options) {
    session_->resume();  // an earlier run may have been stopped
  }

  void cancel() {
    const std::scoped_lock lock(mutex_);
    cancelled_ = true;
    session_->cancel();
  }

  /// Runs the tile and, meanwhile, `meanwhile`, which must not throw: the tile is under way, and
  /// its buffers must stay. On failure once more on the fallback.
  Status run(ConstTensorView input, TensorView output, const std::function<Status()>& meanwhile) {
    Status ran = session_->start(0, input, output);
    const Status other = meanwhile();
    if (ran) ran = session_->wait(0);
    LATENT_CHECK(other);
    if (ran && !all_finite(output)) {
      ran = fail(ErrorCode::Device,
                 "the network gave a number that is not finite on " + session_->info().device);
    }
    if (ran) return {};
    LATENT_CHECK(take_over(ran.error()));
    return run(input, output, [] { return Status{}; });
  }

  [[nodiscard]] const std::string& notice() const { return notice_; }

 private:
  Status take_over(const Error& error) {
    const bool may_do_better =
        error.code == ErrorCode::Device ||
        (error.code == ErrorCode::TooLarge && session_->info().device != "cpu");
    if (!may_do_better || !options_.fallback || replacement_) {
      return tl::make_unexpected(error);
    }
    LATENT_TRY(replacement_, options_.fallback());
    LATENT_ENSURE(replacement_->input_shape() == session_->input_shape());
    notice_ = error.sentence + "; the rest ran in f32 on the processor";
    const std::scoped_lock lock(mutex_);
    session_ = replacement_.get();
    if (cancelled_) session_->cancel();
    return {};
  }

  Session* session_;
  const TileRunOptions& options_;
  std::unique_ptr<Session> replacement_;
  std::mutex mutex_;
  bool cancelled_ = false;
  std::string notice_;
};

}  // namespace

Result<TileRunStats> run_grid(int count, Session& session, const PackNth& pack, const TakeNth& take,
                              const RunControl& control, const TileRunOptions& options) {
  LATENT_CHECK(control.check());
  const auto begin = Clock::now();
  std::array<Tensor, 2> inputs;
  for (Tensor& input : inputs) {
    LATENT_TRY(input, Tensor::create(session.input_shape()));
  }
  LATENT_TRY(Tensor output, Tensor::create(session.output_shape()));
  TileRunStats stats;
  Runner runner(session, options);
  const std::stop_callback on_stop(control.stop, [&] { runner.cancel(); });
  std::atomic<bool> is_late = false;
  Deadline deadline(options.first_tile_seconds, [&] {
    is_late = true;
    runner.cancel();
  });
  const auto pack_nth = [&](int index) -> Status {
    const auto start = Clock::now();
    Status packed =
        run_safely([&] { return pack(index, inputs[static_cast<std::size_t>(index % 2)].view()); });
    stats.pack_seconds += seconds_since(start);
    return packed;
  };
  if (count > 0) LATENT_CHECK(pack_nth(0));
  for (int index = 0; index < count; ++index) {
    LATENT_CHECK(control.check());
    const Tensor& input = inputs[static_cast<std::size_t>(index % 2)];
    const auto start = Clock::now();
    const Status ran = runner.run(input.view(), output.view(), [&]() -> Status {
      return index + 1 < count ? pack_nth(index + 1) : Status{};
    });
    if (!ran && is_late) {
      return tl::make_unexpected(first_tile_too_late(options.first_tile_seconds));
    }
    LATENT_CHECK(ran);
    stats.infer_seconds += seconds_since(start);
    if (index == 0) {
      stats.first_tile_seconds = seconds_since(begin);
      deadline.met();
    }
    const auto handed = Clock::now();
    LATENT_CHECK(
        run_safely([&] { return take(index, input.view(), std::as_const(output).view()); }));
    stats.blend_seconds += seconds_since(handed);
    ++stats.tiles;
    control.report(static_cast<double>(index + 1) / count);
  }
  stats.notice = runner.notice();
  stats.wall_seconds = seconds_since(begin);
  return stats;
}

}  // namespace latent::infer
