// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tile_runner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <new>
#include <random>
#include <stdexcept>
#include <vector>

#include "box_session.h"

namespace latent::infer {
namespace {

constexpr Size kFrame{301, 223};

class TileRunnerTest : public testing::Test {
 protected:
  TileRunnerTest() {
    std::mt19937 random(3);
    std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
    samples_.resize(static_cast<std::size_t>(kFrame.area()));
    for (float& sample : samples_) sample = uniform(random);
  }

  [[nodiscard]] float sample(int x, int y) const {
    return samples_[static_cast<std::size_t>(mirror_index(y, kFrame.height) * kFrame.width +
                                             mirror_index(x, kFrame.width))];
  }

  PackTile pack() const {
    return [this](const Rect& tile, TensorView planes) -> Status {
      for (int y = 0; y < tile.height; ++y) {
        for (int x = 0; x < tile.width; ++x) {
          planes.plane((y % 2) * 2 +
                       x % 2)[static_cast<std::size_t>((y / 2) * planes.shape.width + x / 2)] =
              sample(tile.x + x, tile.y + y);
        }
      }
      return {};
    };
  }

  struct Outcome {
    std::vector<float> rows;
    Result<TileRunStats> stats;
  };

  Outcome run(const Rect& region, int max_side, BoxSession::Fault fault = BoxSession::Fault::None,
              TileRunOptions options = {}) {
    const auto spec = box_network();
    TileOptions tile_options;
    tile_options.max_side_px = max_side;
    const auto plan = TilePlan::create(spec, kFrame, region, tile_options);
    EXPECT_TRUE(plan);
    BoxSession session(plan->tile(), fault);
    Outcome outcome{{}, TileRunStats{}};
    int expected_row = 0;
    const TakeRows take = [&](int first_row, ImageView<const float> rows) -> Status {
      EXPECT_EQ(first_row, expected_row);
      EXPECT_EQ(rows.width(), region.width);
      expected_row += rows.height();
      for (int y = 0; y < rows.height(); ++y) {
        const auto row = rows.row(y);
        outcome.rows.insert(outcome.rows.end(), row.begin(), row.end());
      }
      return {};
    };
    options.fallback = options.fallback ? options.fallback : make_fallback_;
    outcome.stats = run_tiles(*plan, spec, session, pack(), take, control_, options);
    tile_ = plan->tile();
    return outcome;
  }

  /// The mean over the square, by its definition; zero beyond the padded frame as in a whole run.
  [[nodiscard]] double expected(int x, int y) const {
    const Size padded{round_up(kFrame.width, 16), round_up(kFrame.height, 16)};
    double sum = 0;
    for (int dy = -kBoxReach; dy <= kBoxReach; ++dy) {
      for (int dx = -kBoxReach; dx <= kBoxReach; ++dx) {
        const bool inside =
            x + dx >= 0 && y + dy >= 0 && x + dx < padded.width && y + dy < padded.height;
        if (inside) sum += static_cast<double>(sample(x + dx, y + dy));
      }
    }
    return sum / ((2 * kBoxReach + 1) * (2 * kBoxReach + 1));
  }

  void expect_right(const Outcome& outcome, const Rect& region) const {
    ASSERT_TRUE(outcome.stats) << outcome.stats.error().sentence;
    ASSERT_EQ(outcome.rows.size(), static_cast<std::size_t>(region.size().area()));
    for (int y = 0; y < region.height; ++y) {
      for (int x = 0; x < region.width; ++x) {
        ASSERT_NEAR(outcome.rows[static_cast<std::size_t>(y * region.width + x)],
                    expected(region.x + x, region.y + y), 1e-5)
            << x << ", " << y;
      }
    }
  }

  std::vector<float> samples_;
  RunControl control_;
  Size tile_;
  std::function<Result<std::unique_ptr<Session>>()> make_fallback_;
};

constexpr Rect kWhole{0, 0, kFrame.width, kFrame.height};

TEST_F(TileRunnerTest, TiledEqualsTheDefinitionForEveryTileSize) {
  for (const int side : {48, 64, 96, 160, 0}) expect_right(run(kWhole, side), kWhole);
}

TEST_F(TileRunnerTest, ARegionHasThePixelsOfTheWhole) {
  for (const Rect region : {Rect{1, 0, 7, 5}, {33, 61, 190, 150}, {280, 200, 21, 23}}) {
    expect_right(run(region, 64), region);
  }
}

TEST_F(TileRunnerTest, ADeviceThatFailsIsReplacedAndTheTileRepeated) {
  using Fault = BoxSession::Fault;
  for (const Fault fault :
       {Fault::NanOnThirdTile, Fault::ErrorOnThirdTile, Fault::RefuseThirdStart}) {
    make_fallback_ = [this]() -> Result<std::unique_ptr<Session>> {
      const auto plan = TilePlan::create(box_network(), kFrame, kWhole, {.max_side_px = 96});
      return std::make_unique<BoxSession>(plan->tile());
    };
    const auto outcome = run(kWhole, 96, fault);
    expect_right(outcome, kWhole);
    EXPECT_NE(outcome.stats->notice.find("f32"), std::string::npos);
  }
}

TEST_F(TileRunnerTest, WithoutAFallbackAFailureIsAnErrorNotAPicture) {
  const auto outcome = run(kWhole, 96, BoxSession::Fault::NanOnThirdTile);
  ASSERT_FALSE(outcome.stats);
  EXPECT_EQ(outcome.stats.error().code, ErrorCode::Device);
}

TEST_F(TileRunnerTest, AStopEndsTheRun) {
  std::stop_source source;
  control_.stop = source.get_token();
  control_.on_progress = [&](double fraction) {
    if (fraction > 0.3) source.request_stop();
  };
  const auto outcome = run(kWhole, 64);
  ASSERT_FALSE(outcome.stats);
  EXPECT_EQ(outcome.stats.error().code, ErrorCode::Cancelled);
  EXPECT_LT(outcome.rows.size(), static_cast<std::size_t>(kFrame.area()));
}

TEST_F(TileRunnerTest, AnErrorOfACallbackIsHandedUp) {
  const auto spec = box_network();
  const auto plan = TilePlan::create(spec, kFrame, kWhole, {.max_side_px = 64});
  BoxSession session(plan->tile());
  const auto broken_pack = [](const Rect& tile, TensorView) -> Status {
    if (tile.x > 0) return fail(ErrorCode::Io, "pack");
    return {};
  };
  const auto take = [](int, ImageView<const float>) -> Status { return {}; };
  EXPECT_EQ(run_tiles(*plan, spec, session, broken_pack, take, {}, {}).error().sentence, "pack");
  BoxSession again(plan->tile());
  const auto full_disk = [](int, ImageView<const float>) -> Status {
    return fail(ErrorCode::Io, "full disk");
  };
  EXPECT_EQ(run_tiles(*plan, spec, again, pack(), full_disk, {}, {}).error().sentence, "full disk");
}

TEST_F(TileRunnerTest, WhatAStageThrowsEndsTheRunNotTheProgram) {
  ::alarm(60);  // a stage that waits for one that is gone would wait for ever
  const auto spec = box_network();
  const auto plan = TilePlan::create(spec, kFrame, kWhole, {.max_side_px = 64});
  const auto take = [](int, ImageView<const float>) -> Status { return {}; };
  const auto expect_no_memory = [](const Result<TileRunStats>& stats) {
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(stats.error().sentence, "it needs more memory than this machine gives");
  };
  const auto greedy_pack = [](const Rect& tile, TensorView) -> Status {
    if (tile.x > 0) throw std::bad_alloc();
    return {};
  };
  BoxSession session(plan->tile());
  expect_no_memory(run_tiles(*plan, spec, session, greedy_pack, take, {}, {}));

  using Fault = BoxSession::Fault;
  for (const Fault fault : {Fault::ThrowOnThirdStart, Fault::ThrowOnThirdTile}) {
    BoxSession greedy(plan->tile(), fault);
    expect_no_memory(run_tiles(*plan, spec, greedy, pack(), take, {}, {}));
  }

  BoxSession sound(plan->tile());
  const auto broken_take = [](int, ImageView<const float>) -> Status {
    throw std::runtime_error("a wheel came off");
  };
  const auto stats = run_tiles(*plan, spec, sound, pack(), broken_take, {}, {});
  ASSERT_FALSE(stats);
  EXPECT_EQ(stats.error().code, ErrorCode::Internal);
  EXPECT_EQ(stats.error().sentence, "internal fault: a wheel came off");
  ::alarm(0);
}

TEST_F(TileRunnerTest, ProgressNeverFallsAndEndsAtOne) {
  double last = 0;
  control_.on_progress = [&](double fraction) {
    EXPECT_GE(fraction, last);
    last = fraction;
  };
  expect_right(run(kWhole, 96), kWhole);
  EXPECT_EQ(last, 1.0);
}

}  // namespace
}  // namespace latent::infer
