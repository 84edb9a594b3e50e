// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/frames.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/descriptor.h"

namespace latent {
namespace {

class Frames : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    left_ = Descriptor(ends[0]);
    right_ = Descriptor(ends[1]);
  }
  Descriptor left_;
  Descriptor right_;
};

TEST_F(Frames, ComeAsTheyWereSentEvenLargeOnes) {
  std::vector<std::uint8_t> bytes(5'000'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
  std::jthread sender([&] {
    EXPECT_TRUE(send_frame(left_.number(), 3, bytes));
    EXPECT_TRUE(send_frame(left_.number(), 4, {}));
  });
  const auto first = receive_frame(right_.number(), 6'000'000);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, 3);
  EXPECT_EQ(first->bytes, bytes);
  const auto second = receive_frame(right_.number(), 6'000'000);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, 4);
  EXPECT_TRUE(second->bytes.empty());
}

TEST_F(Frames, AreRefusedAboveTheirLimit) {
  ASSERT_TRUE(send_frame(left_.number(), 1, std::vector<std::uint8_t>(101)));
  const auto frame = receive_frame(right_.number(), 100);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, ErrorCode::TooLarge);
}

TEST_F(Frames, ThatAreCutShortAreAnError) {
  const std::array<std::uint8_t, 12> cut{1, 200, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3};
  ASSERT_EQ(::write(left_.number(), cut.data(), cut.size()), 12);
  left_.close();
  const auto frame = receive_frame(right_.number(), 1000);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, ErrorCode::Io);
  EXPECT_FALSE(send_frame(right_.number(), 1, std::vector<std::uint8_t>(10)));
}

TEST_F(Frames, AreNotWaitedForLongerThanAskedFor) {
  const auto late = receive_frame(
      right_.number(), 100, {{}, std::chrono::steady_clock::now() + std::chrono::milliseconds(50)});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::Device);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = receive_frame(right_.number(), 100, {stop.get_token(), {}});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent
