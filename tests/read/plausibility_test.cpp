// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/plausibility.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace latent::read {
namespace {

constexpr Size kSize{8, 10};
constexpr Rect kActive{1, 1, 6, 8};

class Plausibility : public ::testing::Test {
 protected:
  Plausibility() {
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      samples_[i] = static_cast<std::uint16_t>(600 + i);
    }
    levels_.black.counts = {500};
    levels_.white.fill(4000);
  }
  Result<SampleRange> check() {
    return check_plausible(ImageView<const std::uint16_t>(samples_.data(), kSize, kSize.width),
                           kActive, levels_);
  }

  std::vector<std::uint16_t> samples_ = std::vector<std::uint16_t>(80);
  SensorLevels levels_;
};

TEST_F(Plausibility, MeasuresTheBufferAndTheActiveArea) {
  samples_[0] = 9000;  // in the margin
  samples_[79] = 3;    // too
  const auto range = check();
  ASSERT_TRUE(range);
  EXPECT_EQ(range->max, 9000);
  EXPECT_EQ(range->active_min, 600 + 9);  // the sample (1, 1)
}

TEST_F(Plausibility, RefusesBlackness) {
  std::ranges::fill(samples_, std::uint16_t{500});
  samples_[0] = 4000;  // light in the margin does not help
  EXPECT_EQ(check().error().code, ErrorCode::Corrupt);
}

TEST_F(Plausibility, RefusesOneValueEverywhereUnlessItIsWhite) {
  std::ranges::fill(samples_, std::uint16_t{1234});
  EXPECT_EQ(check().error().code, ErrorCode::Corrupt);
  std::ranges::fill(samples_, std::uint16_t{4000});
  EXPECT_TRUE(check());
}

TEST_F(Plausibility, RefusesEmptyRowsAtTheEndButNotOneDeadRow) {
  std::fill(samples_.begin() + 8 * 8, samples_.end(), std::uint16_t{0});  // one active row
  EXPECT_TRUE(check());
  std::fill(samples_.begin() + 5 * 8, samples_.end(), std::uint16_t{0});  // four
  EXPECT_EQ(check().error().code, ErrorCode::Corrupt);
  levels_.black.counts = {0};  // where black is zero, zeros are a dark picture
  EXPECT_TRUE(check());
}

}  // namespace
}  // namespace latent::read
