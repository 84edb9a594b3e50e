// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/grid_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <vector>

#include "test_networks.h"

namespace latent::infer {
namespace {

/// Gives half of what it gets; a tile whose first sample is `bad` becomes NaN.
class HalfSession : public Session {
 public:
  explicit HalfSession(float bad = -1) : bad_(bad) { info_.device = "cpu"; }
  const SessionInfo& info() const override { return info_; }
  TensorShape input_shape() const override { return {1, 1, 2, 2}; }
  TensorShape output_shape() const override { return {1, 1, 2, 2}; }
  int slots() const override { return 2; }
  Status start(int /*slot*/, ConstTensorView input, TensorView output) override {
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    ++under_way;
    for (int i = 0; i < 4; ++i) output.data[i] = 0.5F * input.data[i];
    if (input.data[0] == bad_) output.data[3] = std::numeric_limits<float>::quiet_NaN();
    return {};
  }
  Status wait(int /*slot*/) override {
    --under_way;
    return {};
  }
  void cancel() override { cancelled_ = true; }
  void resume() override { cancelled_ = false; }

  int under_way = 0;

 private:
  SessionInfo info_;
  float bad_;
  bool cancelled_ = false;
};

struct Seen {
  std::vector<float> in;
  std::vector<float> out;
};

Result<TileRunStats> run(Session& session, Seen& seen, const TileRunOptions& options = {},
                         const RunControl& control = {}) {
  return run_grid(
      5, session,
      [](int index, TensorView planes) -> Status {
        for (int i = 0; i < 4; ++i) planes.data[i] = static_cast<float>(index);
        return {};
      },
      [&](int index, ConstTensorView input, ConstTensorView output) -> Status {
        EXPECT_EQ(index, std::ssize(seen.in));
        seen.in.push_back(input.data[3]);
        seen.out.push_back(output.data[3]);
        return {};
      },
      control, options);
}

TEST(GridRunnerTest, HandsOnEveryTileWithWhatWentIn) {
  HalfSession session;
  Seen seen;
  const auto stats = run(session, seen);
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->tiles, 5);
  EXPECT_THAT(seen.in, testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(seen.out, testing::ElementsAre(0, 0.5F, 1, 1.5F, 2));
}

TEST(GridRunnerTest, TheFallbackRepeatsATileThatIsNoNumber) {
  HalfSession session(3);
  Seen seen;
  TileRunOptions options;
  options.fallback = [] {
    return Result<std::unique_ptr<Session>>(std::make_unique<HalfSession>());
  };
  const auto stats = run(session, seen, options);
  ASSERT_TRUE(stats);
  EXPECT_THAT(seen.out, testing::ElementsAre(0, 0.5F, 1, 1.5F, 2));
  EXPECT_THAT(stats->notice, testing::HasSubstr("not finite"));
}

TEST(GridRunnerTest, FailsWhereTheFallbackDoesTheSame) {
  HalfSession session(3);
  Seen seen;
  TileRunOptions options;
  options.fallback = [] {
    return Result<std::unique_ptr<Session>>(std::make_unique<HalfSession>(3));
  };
  const auto stats = run(session, seen, options);
  ASSERT_FALSE(stats);
  EXPECT_EQ(stats.error().code, ErrorCode::Device);
  EXPECT_EQ(seen.out.size(), 3U);
}

TEST(GridRunnerTest, WhatACallbackThrowsIsAnErrorAndLeavesNoTileUnderWay) {
  struct Case {
    int pack;
    int take;
  };
  for (const Case& thrown : {Case{0, -1}, Case{2, -1}, Case{-1, 1}}) {
    HalfSession session;
    const auto stats = run_grid(
        5, session,
        [&](int index, TensorView planes) -> Status {
          if (index == thrown.pack) throw std::bad_alloc();
          std::fill_n(planes.data, 4, 1.0F);
          return {};
        },
        [&](int index, ConstTensorView, ConstTensorView) -> Status {
          if (index == thrown.take) throw std::bad_alloc();
          return {};
        },
        {}, {});
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(session.under_way, 0);
  }
}

TEST(GridRunnerTest, StopsWhenAsked) {
  HalfSession session;
  Seen seen;
  std::stop_source source;
  source.request_stop();
  const auto stats = run(session, seen, {}, {source.get_token(), {}});
  ASSERT_FALSE(stats);
  EXPECT_EQ(stats.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::infer
