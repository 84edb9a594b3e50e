// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/network_session.h"

#include <algorithm>
#include <future>
#include <optional>
#include <utility>

namespace latent::tasks {

struct NetworkSession::State {
  std::shared_ptr<const models::Network> network;
  infer::EngineRequest engine;
  infer::SessionFactory factory;
  std::optional<infer::ProvedSession> proved;
  Size tile;
  [[nodiscard]] infer::TileRunOptions fallback() const;
  void tell(const infer::TileRunStats& stats, TaskReport& report) const;

  std::future<Result<infer::ProvedSession>> pending;  ///< last: it looks at the others to its end
};

NetworkSession::NetworkSession(std::shared_ptr<const models::Network> network,
                               infer::EngineRequest engine, infer::SessionFactory factory)
    : state_(std::make_unique<State>()) {
  state_->network = std::move(network);
  state_->factory = engine.factory ? std::exchange(engine.factory, {}) : std::move(factory);
  state_->engine = std::move(engine);
}
NetworkSession::NetworkSession(NetworkSession&&) noexcept = default;
NetworkSession& NetworkSession::operator=(NetworkSession&&) noexcept = default;
NetworkSession::~NetworkSession() = default;

const models::NetworkSpec& NetworkSession::spec() const { return state_->network->spec; }

void NetworkSession::begin(Size tile, const RunControl& control) {
  State& state = *state_;
  if (state.tile == tile && (state.proved || state.pending.valid())) return;
  if (state.pending.valid()) state.pending.wait();
  state.proved.reset();
  state.tile = tile;
  infer::EngineRequest request = state.engine;
  if (control.stop.stop_possible()) request.stop = control.stop;
  state.pending = std::async(std::launch::async, [&state, tile, request = std::move(request)] {
    return infer::open_proved_session(*state.network, tile, request, state.factory);
  });
}

Status NetworkSession::ready(Size tile, const RunControl& control) {
  begin(tile, control);
  if (state_->pending.valid()) {
    LATENT_TRY(state_->proved, state_->pending.get());
  }
  return {};
}

infer::TileRunOptions NetworkSession::State::fallback() const {
  infer::TileRunOptions options;
  options.first_tile_seconds = engine.start_seconds;
  options.fallback = [this] {
    infer::EngineRequest plain = engine;
    plain.device = "cpu";
    plain.precision = infer::Precision::F32;
    plain.anew = proved->session->info().from_cache;  // it may be what was kept that fails
    return factory(*network, tile, plain);
  };
  return options;
}

void NetworkSession::State::tell(const infer::TileRunStats& stats, TaskReport& report) const {
  report.network_ran = true;
  report.session = proved->session->info();
  for (const std::string& notice : proved->notices) {
    const bool told = std::ranges::find(report.notices, notice) != report.notices.end();
    if (!told) report.notices.push_back(notice);
  }
  if (report.tiles == 0) report.seconds.first_tile = stats.first_tile_seconds;
  if (!stats.notice.empty()) report.notices.push_back(stats.notice);
  report.tiles += stats.tiles;
  report.redundancy = stats.redundancy;
  report.seconds.pack += stats.pack_seconds;
  report.seconds.infer += stats.infer_seconds;
  report.seconds.unpack += stats.blend_seconds + stats.rows_seconds;
}

Status NetworkSession::run(const infer::TilePlan& plan, const infer::PackTile& pack,
                           const infer::TakeRows& take, const RunControl& control,
                           TaskReport& report) {
  State& state = *state_;
  LATENT_ENSURE(state.proved && state.tile == plan.tile());
  LATENT_TRY(const infer::TileRunStats stats,
             infer::run_tiles(plan, state.network->spec, *state.proved->session, pack, take,
                              control, state.fallback()));
  state.tell(stats, report);
  return {};
}

Status NetworkSession::run_grid(int count, const infer::PackNth& pack, const infer::TakeNth& take,
                                const RunControl& control, TaskReport& report) {
  State& state = *state_;
  LATENT_ENSURE(state.proved.has_value());
  LATENT_TRY(const infer::TileRunStats stats,
             infer::run_grid(count, *state.proved->session, pack, take, control, state.fallback()));
  state.tell(stats, report);
  return {};
}

}  // namespace latent::tasks
