// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "base/run_control.h"
#include "infer/grid_runner.h"
#include "infer/proof.h"
#include "infer/tile_plan.h"
#include "infer/tile_runner.h"
#include "tasks/task_report.h"

namespace latent::tasks {

/// A network, and the proved session that was last compiled for it: kept as long as the tiles stay
/// of one size, so that the next picture starts at once.
///
/// Threads  one call at a time.
class NetworkSession {
 public:
  NetworkSession(std::shared_ptr<const models::Network> network, infer::EngineRequest engine,
                 infer::SessionFactory factory = infer::create_session);
  NetworkSession(NetworkSession&&) noexcept;
  NetworkSession& operator=(NetworkSession&&) noexcept;
  ~NetworkSession();

  [[nodiscard]] const models::NetworkSpec& spec() const;

  /// Begins to compile for that tile on a thread of its own, while the caller reads the picture. A
  /// stop by `control`, or by the request it was made with, ends the waiting for it.
  void begin(Size tile, const RunControl& control = {});

  /// Waits for what begin() began; begins anew where it was for another tile.
  ///
  /// Errors   as infer::open_proved_session().
  [[nodiscard]] Status ready(Size tile, const RunControl& control = {});

  /// infer::run_tiles() with the session, after ready() for the plan's tile; on failure of the
  /// device the processor takes over. Fills in what the report has of the network; tiles, seconds
  /// and notices are added, for pictures that take several runs or several networks.
  ///
  /// Errors   as infer::run_tiles().
  [[nodiscard]] Status run(const infer::TilePlan& plan, const infer::PackTile& pack,
                           const infer::TakeRows& take, const RunControl& control,
                           TaskReport& report);

  /// infer::run_grid() with the session, after ready(); otherwise as run().
  ///
  /// Errors   as infer::run_grid().
  [[nodiscard]] Status run_grid(int count, const infer::PackNth& pack, const infer::TakeNth& take,
                                const RunControl& control, TaskReport& report);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace latent::tasks
