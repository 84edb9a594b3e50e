// SPDX-License-Identifier: GPL-3.0-or-later
// What a package made for darktable says, as the arithmetic takes it.
#include <gmock/gmock.h>

#include <limits>

#include "tasks/darktable/raw_network.h"

namespace latent::tasks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CameraFacts camera() {
  CameraFacts camera;
  camera.as_shot_wb = {2, 1, 1.5};
  camera.as_shot_wb_known = true;
  return camera;
}

TEST(DarktableContracts, BalanceAsTheyAreTold) {
  models::DarktableContract said;
  said.balance = models::DarktableBalance::AsShot;
  EXPECT_THAT(bayer_contract(said, camera()).balance, ElementsAre(2, 1, 1.5));
  EXPECT_THAT(linear_contract(said, camera()).balance, ElementsAre(2, 1, 1.5));
  said.balance = models::DarktableBalance::None;
  EXPECT_THAT(bayer_contract(said, camera()).balance, ElementsAre(1, 1, 1));
}

TEST(DarktableContracts, CarryTilesAndFlagsOver) {
  models::DarktableContract said;
  said.tile = 96;
  said.overlap = 12;
  said.force_rggb = false;
  said.match_gain = false;
  said.target_mean = 0.2;
  const auto bayer = bayer_contract(said, camera());
  EXPECT_EQ(bayer.tile, 96);
  EXPECT_EQ(bayer.overlap, 12);
  EXPECT_FALSE(bayer.force_rggb);
  EXPECT_FALSE(bayer.match_gain);
  EXPECT_EQ(linear_contract(said, camera()).target_mean, 0.2);
}

TEST(DarktableSampleTiles, AreUpToFourAndLieInside) {
  const auto four = sample_tiles({400, 300}, {64, 64}, 2);
  ASSERT_EQ(four.size(), 4U);
  EXPECT_EQ(four.front(), (Rect{68, 42, 64, 64}));
  for (const Rect& tile : four) {
    EXPECT_TRUE((Rect{0, 0, 400, 300}.contains(tile)));
    EXPECT_EQ(tile.x % 2, 0);
  }
  EXPECT_THAT(sample_tiles({50, 40}, {64, 64}, 2), ElementsAre(Rect{0, 0, 64, 64}));
}

TEST(DarktableGain, FollowsTheInputWhateverTheSignOfTheAnswer) {
  EXPECT_FLOAT_EQ(*gain_of({10, 5, 20}), 2.0F);
  EXPECT_FLOAT_EQ(*gain_of({-10, 5, 20}), -2.0F);
}

TEST(DarktableGain, OfAnAnswerThatDoesNotFollowTheInputIsRefused) {
  for (const raw::BayerFrame::GainSums sums : {raw::BayerFrame::GainSums{0.1, 5, 20}, {0, 0, 20}}) {
    const auto gain = gain_of(sums);
    ASSERT_FALSE(gain);
    EXPECT_EQ(gain.error().code, ErrorCode::ModelMismatch);
    EXPECT_THAT(gain.error().sentence, HasSubstr("does not follow its input"));
  }
}

}  // namespace
}  // namespace latent::tasks
