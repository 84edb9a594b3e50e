// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tile_runner.h"

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/threads.h"
#include "infer/belt.h"
#include "infer/deadline.h"
#include "infer/strip.h"

namespace latent::infer {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Keeps a session busy, and replaces it by the fallback when it fails.
class InferStage {
 public:
  InferStage(Line& line, Session& session, const TileRunOptions& options)
      : line_(line), session_(&session), options_(options) {}

  void run() {
    auto status = run_safely([this] { return work(); });
    if (!status) line_.stop(std::move(status).error());
    drain();
    line_.inferred.close();
  }

  /// From any thread.
  void cancel() {
    const std::scoped_lock lock(mutex_);
    cancelled_ = true;
    session_->cancel();
  }

  [[nodiscard]] double busy_seconds() const { return busy_seconds_; }
  [[nodiscard]] const std::string& notice() const { return notice_; }

 private:
  struct Flight {
    Tile* tile;
    int slot;
  };

  Status work() {
    for (;;) {
      LATENT_CHECK(start_what_waits());
      if (flights_.empty()) return {};
      const Flight oldest = flights_.front();
      Status done = session_->wait(oldest.slot);
      if (done && !all_finite(oldest.tile->output.view())) {
        done = fail(ErrorCode::Device,
                    "the network gave a number that is not finite on " + session_->info().device);
      }
      if (!done) {
        LATENT_CHECK(take_over(done.error()));
        continue;
      }
      flights_.pop_front();
      if (flights_.empty()) busy_seconds_ += seconds_since(busy_since_);
      line_.inferred.put(oldest.tile);
    }
  }

  /// Fills the free slots; waits for a tile only where nothing is under way.
  Status start_what_waits() {
    while (std::ssize(flights_) < session_->slots()) {
      Tile* tile = next_tile();
      if (tile == nullptr) return {};
      if (flights_.empty()) busy_since_ = Clock::now();
      flights_.push_back({tile, next_slot_});  // before it runs: drain() must know of it
      const auto started = session_->start(next_slot_, tile->input.view(), tile->output.view());
      if (started) {
        next_slot_ = (next_slot_ + 1) % session_->slots();
      } else {
        flights_.pop_back();
        again_.push_front(tile);
        LATENT_CHECK(take_over(started.error()));
      }
    }
    return {};
  }

  Tile* next_tile() {
    if (again_.empty()) return flights_.empty() ? line_.packed.take() : line_.packed.take_now();
    Tile* tile = again_.front();
    again_.pop_front();
    return tile;
  }

  /// The tiles under way begin again on the fallback. Fails where there is none, or it failed too.
  Status take_over(const Error& error) {
    const bool may_do_better =
        error.code == ErrorCode::Device ||
        (error.code == ErrorCode::TooLarge && session_->info().device != "cpu");
    if (!may_do_better || !options_.fallback || replacement_) {
      return tl::make_unexpected(error);
    }
    drain();
    LATENT_TRY(replacement_, options_.fallback());
    LATENT_ENSURE(replacement_->input_shape() == session_->input_shape());
    notice_ = error.sentence + "; the rest ran in f32 on the processor";
    for (auto flight = flights_.rbegin(); flight != flights_.rend(); ++flight) {
      again_.push_front(flight->tile);
    }
    flights_.clear();
    next_slot_ = 0;
    const std::scoped_lock lock(mutex_);
    session_ = replacement_.get();
    if (cancelled_) session_->cancel();
    return {};
  }

  /// Nothing may be under way into buffers that go.
  void drain() {
    for (const Flight& flight : flights_) {
      (void)run_safely([&] { return session_->wait(flight.slot); });
    }
  }

  Line& line_;
  Session* session_;
  const TileRunOptions& options_;
  std::unique_ptr<Session> replacement_;
  std::mutex mutex_;
  bool cancelled_ = false;
  std::deque<Flight> flights_;  ///< started, oldest first
  std::deque<Tile*> again_;     ///< to be started before those on the belt
  int next_slot_ = 0;
  Clock::time_point busy_since_;
  double busy_seconds_ = 0;
  std::string notice_;
};

/// Everything of one run_tiles() that its stages share.
struct Run {
  const TilePlan& plan;
  const PackTile& pack;
  const TakeRows& take_rows;
  const RunControl& control;
  int scale;
  std::function<void()> first_is_done;
  Line line;
  TileRunStats stats;
  Clock::time_point begin = Clock::now();

  /// The body of the packing thread.
  void pack_all();
  Status pack_tiles();
  Status blend_all(Strip& strip);
};

void Run::pack_all() {
  auto packed = run_safely([this] { return pack_tiles(); });
  if (!packed) line.stop(std::move(packed).error());
  line.packed.close();
}

Status Run::pack_tiles() {
  const auto columns = static_cast<int>(plan.columns().size());
  for (int index = 0; index < plan.tile_count(); ++index) {
    Tile* tile = line.free.take();
    if (tile == nullptr) return {};
    tile->row = index / columns;
    tile->column = index % columns;
    const auto start = Clock::now();
    LATENT_CHECK(pack(plan.input(tile->row, tile->column), tile->input.view()));
    stats.pack_seconds += seconds_since(start);
    line.packed.put(tile);
  }
  return {};
}

Status Run::blend_all(Strip& strip) {
  const auto columns = static_cast<int>(plan.columns().size());
  const int height = plan.region().height * scale;
  const auto hand_on = [&](int first, ImageView<const float> rows) -> Status {
    LATENT_CHECK(control.check());
    const auto handed = Clock::now();
    LATENT_CHECK(take_rows(first, rows));
    stats.rows_seconds += seconds_since(handed);
    control.report(static_cast<double>(first + rows.height()) / height);
    return {};
  };
  while (Tile* tile = line.inferred.take()) {
    LATENT_CHECK(control.check());
    const auto start = Clock::now();
    if (stats.tiles == 0) {
      stats.first_tile_seconds = seconds_since(begin);
      first_is_done();
    }
    const int row = tile->row;
    const bool row_ends = tile->column + 1 == columns;
    strip.add(row, tile->column, tile->output.view());
    ++stats.tiles;
    line.free.put(tile);
    stats.blend_seconds += seconds_since(start);
    if (!row_ends) continue;
    auto handed_on = strip.finish_row(row, hand_on);
    if (!handed_on) return handed_on;
  }
  return {};
}

Result<std::vector<Tile>> make_tiles(int count, const Session& session) {
  std::vector<Tile> tiles;
  for (int i = 0; i < count; ++i) {
    Tile tile;
    LATENT_TRY(tile.input, Tensor::create(session.input_shape()));
    LATENT_TRY(tile.output, Tensor::create(session.output_shape()));
    tiles.push_back(std::move(tile));
  }
  return tiles;
}

}  // namespace

Result<TileRunStats> run_tiles(const TilePlan& plan, const models::NetworkSpec& network,
                               Session& session, const PackTile& pack, const TakeRows& take_rows,
                               const RunControl& control, const TileRunOptions& options) {
  LATENT_CHECK(control.check());
  LATENT_TRY(const auto expected, input_shape(network, plan.tile()));
  LATENT_ENSURE(session.input_shape() == expected && options.tiles_in_flight >= 2);
  const int in_flight = std::min(options.tiles_in_flight, plan.tile_count());
  LATENT_TRY(auto tiles, make_tiles(in_flight, session));
  LATENT_TRY(auto strip, Strip::create(plan, network));

  Run run{plan, pack, take_rows, control, network.scale, {}, {}, {}};
  for (Tile& tile : tiles) run.line.free.put(&tile);
  session.resume();  // an earlier run may have been stopped
  InferStage infer(run.line, session, options);
  const std::stop_callback on_stop(control.stop, [&] {
    infer.cancel();
    run.line.stop(fail(ErrorCode::Cancelled, "cancelled").value());
  });
  Deadline deadline(options.first_tile_seconds, [&] {
    run.line.stop(first_tile_too_late(options.first_tile_seconds));
    infer.cancel();
  });
  run.first_is_done = [&deadline] { deadline.met(); };
  {
    std::jthread packer;
    std::jthread inferrer;
    auto blended = run_safely([&] {
      packer = std::jthread([&] { run.pack_all(); });
      inferrer = std::jthread([&] { infer.run(); });
      return run.blend_all(strip);
    });
    if (!blended) run.line.stop(std::move(blended).error());  // else the others wait for ever
  }
  if (const auto error = run.line.error()) return tl::make_unexpected(*error);
  run.stats.redundancy = plan.redundancy();
  run.stats.infer_seconds = infer.busy_seconds();
  run.stats.notice = infer.notice();
  run.stats.wall_seconds = seconds_since(run.begin);
  return run.stats;
}

}  // namespace latent::infer
