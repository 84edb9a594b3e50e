// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/network_session.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "box_session.h"

namespace latent::tasks {
namespace {

constexpr Size kFrame{64, 48};

/// A network for a device that is not there, so that the processor takes it.
NetworkSession session_without(const std::string& problem) {
  auto network = std::make_shared<models::Network>();
  network->spec = infer::box_network();
  infer::EngineRequest request;
  request.device = "gpu";
  const auto factory =
      [problem](const models::Network&, Size tile,
                const infer::EngineRequest& asked) -> Result<std::unique_ptr<infer::Session>> {
    if (asked.device != "cpu") return fail(ErrorCode::Device, problem);
    return std::make_unique<infer::BoxSession>(tile, infer::BoxSession::Fault::None, "cpu");
  };
  return {std::move(network), request, factory};
}

void run(NetworkSession& session, TaskReport& report) {
  const auto plan =
      infer::TilePlan::create(session.spec(), kFrame, {0, 0, kFrame.width, kFrame.height});
  ASSERT_TRUE(plan) << plan.error().sentence;
  const Status ready = session.ready(plan->tile());
  ASSERT_TRUE(ready) << ready.error().sentence;
  const auto pack = [](const Rect&, TensorView planes) -> Status {
    std::fill_n(planes.data, planes.shape.count(), 0.5F);
    return {};
  };
  const auto take = [](int, ImageView<const float>) -> Status { return {}; };
  const Status ran = session.run(*plan, pack, take, {}, report);
  ASSERT_TRUE(ran) << ran.error().sentence;
}

TEST(NetworkSessions, OfOneReportEachTellOnceWhatTheyRunWithout) {
  NetworkSession denoise = session_without("the first one's driver is gone");
  NetworkSession upscale = session_without("the second one has no memory");
  TaskReport report;
  run(denoise, report);
  EXPECT_EQ(report.session.device, "cpu");
  const int tiles = report.tiles;
  EXPECT_GT(tiles, 0);
  run(denoise, report);
  run(upscale, report);
  EXPECT_EQ(report.tiles, 3 * tiles);
  EXPECT_THAT(report.notices, testing::ElementsAre("the first one's driver is gone",
                                                   "the second one has no memory"));
}

}  // namespace
}  // namespace latent::tasks
