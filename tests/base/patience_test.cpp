// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/patience.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <new>
#include <stdexcept>
#include <thread>

namespace latent {
namespace {

using namespace std::chrono_literals;

/// A work that goes on until it is let go, whoever waits for it.
struct Endless {
  std::shared_ptr<std::promise<void>> let_go = std::make_shared<std::promise<void>>();
  std::shared_future<void> gate = let_go->get_future().share();
  std::shared_ptr<int> owned = std::make_shared<int>(7);

  [[nodiscard]] std::function<Result<int>()> work() const {
    return [waits = gate, owns = owned]() -> Result<int> {
      waits.wait();
      return *owns;
    };
  }
  /// Lets it end, and waits until it has.
  void end() const {
    let_go->set_value();
    while (abandoned_works() > 0) std::this_thread::sleep_for(1ms);
  }
};

TEST(Patience, HandsOnWhatTheWorkGives) {
  std::stop_source stop;
  const Patience patience{.stop = stop.get_token(), .seconds = 60};
  const auto done = with_patience<std::unique_ptr<int>>(
      [] { return Result<std::unique_ptr<int>>(std::make_unique<int>(3)); }, patience);
  ASSERT_TRUE(done);
  EXPECT_EQ(**done, 3);
  const auto failed =
      with_patience<int>([]() -> Result<int> { return fail(ErrorCode::Io, "no"); }, patience);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::Io);
  EXPECT_EQ(abandoned_works(), 0);
}

TEST(Patience, TurnsWhatTheWorkThrowsIntoAnError) {
  for (const double seconds : {0.0, 60.0}) {
    const Patience patience{.stop = {}, .seconds = seconds};
    const auto full = with_patience<int>([]() -> Result<int> { throw std::bad_alloc(); }, patience);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::TooLarge);
    const auto thrown =
        with_patience<int>([]() -> Result<int> { throw std::runtime_error("oh"); }, patience);
    ASSERT_FALSE(thrown);
    EXPECT_EQ(thrown.error().code, ErrorCode::Internal);
  }
}

TEST(Patience, AStopIsNoticedWhileTheWorkGoesOn) {
  const Endless endless;
  std::stop_source stop;
  std::jthread asks([&] {
    std::this_thread::sleep_for(20ms);
    stop.request_stop();
  });
  const auto result = with_patience<int>(endless.work(), {.stop = stop.get_token()});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
  EXPECT_EQ(abandoned_works(), 1);
  EXPECT_GT(endless.owned.use_count(), 1) << "the work still owns what it uses";
  endless.end();
  EXPECT_EQ(endless.owned.use_count(), 1);
  EXPECT_FALSE(with_patience<int>(endless.work(), {.stop = stop.get_token()}));
  EXPECT_EQ(abandoned_works(), 0) << "nothing is begun once a stop was asked for";
}

TEST(Patience, EndsWhenItsTimeIsOver) {
  const Endless endless;
  const Patience patience{
      .stop = {},
      .seconds = 0.02,
      .too_late = {ErrorCode::Device, "longer than allowed", __FILE__, __LINE__}};
  const auto result = with_patience<int>(endless.work(), patience);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().sentence, "longer than allowed");
  endless.end();
}

/// What a library does that is torn down while its work goes on: it crashes.
void torn_down() { std::_Exit(9); }

TEST(PatienceDeathTest, ExitTearsNothingDownUnderAnAbandonedWork) {
  EXPECT_EXIT(
      {
        const Endless endless;
        std::atexit(torn_down);
        (void)with_patience<int>(endless.work(), {.stop = {}, .seconds = 0.01});
        std::exit(5);
      },
      testing::ExitedWithCode(5), "");
  EXPECT_EXIT(
      {
        const Endless endless;
        (void)with_patience<int>(endless.work(), {.stop = {}, .seconds = 0.01});
        std::atexit(torn_down);  // as by a library that the work loads: only the program can help
        std::exit(end_beside_abandoned_works(5));
      },
      testing::ExitedWithCode(5), "");
  EXPECT_EXIT(std::exit(end_beside_abandoned_works(6)), testing::ExitedWithCode(6), "");
}

}  // namespace
}  // namespace latent
