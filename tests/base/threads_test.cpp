// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace latent {
namespace {

constexpr const char* kNoMemory = "it needs more memory than this machine gives";

TEST(RunSafely, HandsOnWhatTheWorkGives) {
  bool ran = false;
  EXPECT_TRUE(run_safely([&] { ran = true; }));
  EXPECT_TRUE(ran);
  EXPECT_TRUE(run_safely([]() -> Status { return {}; }));
  const auto failed = run_safely([]() -> Status { return fail(ErrorCode::Io, "full disk"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().sentence, "full disk");
}

TEST(RunSafely, TurnsWhatIsThrownIntoAnError) {
  const auto memory = run_safely([] { throw std::bad_alloc(); });
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().code, ErrorCode::TooLarge);
  EXPECT_EQ(memory.error().sentence, kNoMemory);
  const auto fault = run_safely([]() -> Status { throw std::runtime_error("a wheel came off"); });
  ASSERT_FALSE(fault);
  EXPECT_EQ(fault.error().code, ErrorCode::Internal);
  EXPECT_EQ(fault.error().sentence, "internal fault: a wheel came off");
  const auto unknown = run_safely([] { throw 7; });  // NOLINT(hicpp-exception-baseclass)
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::Internal);
}

TEST(RunOnThreads, CallsEveryNumberOnceAndTheFirstOnTheCallersThread) {
  for (const int count : {1, 2, 17}) {
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count));
    std::thread::id first;
    const auto ran = run_on_threads(count, [&](int index) -> Status {
      ++calls[static_cast<std::size_t>(index)];
      if (index == 0) first = std::this_thread::get_id();
      return {};
    });
    ASSERT_TRUE(ran) << ran.error().sentence;
    for (const auto& number : calls) EXPECT_EQ(number, 1);
    EXPECT_EQ(first, std::this_thread::get_id());
  }
  EXPECT_TRUE(run_on_threads(0, [](int) -> Status { return fail(ErrorCode::Internal, "called"); }));
}

TEST(RunOnThreads, OutOfMemoryInAThreadIsAnErrorAndTheOthersGoOn) {
  constexpr int kCount = 6;
  for (int unlucky = 0; unlucky < kCount; ++unlucky) {
    std::atomic<int> done = 0;
    const auto ran = run_on_threads(kCount, [&](int index) -> Status {
      if (index == unlucky) throw std::bad_alloc();
      ++done;
      return {};
    });
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(ran.error().sentence, kNoMemory);
    EXPECT_EQ(done, kCount - 1);
  }
}

TEST(RunOnThreads, GivesTheErrorWithTheLowestNumber) {
  const auto ran = run_on_threads(8, [](int index) -> Status {
    if (index == 6) throw std::runtime_error("six");
    if (index >= 3) return fail(ErrorCode::Io, std::to_string(index));
    return {};
  });
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().sentence, "3");
}

}  // namespace
}  // namespace latent
