// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/picture/stored.h"

#include <gtest/gtest.h>

namespace latent::write {
namespace {

Mosaic mosaic_of(int bits, float black, float white) {
  Mosaic mosaic;
  mosaic.bits_per_sample = bits;
  mosaic.levels.black = {{1, 1}, {black}};
  mosaic.levels.white = {white, white, white, white};
  mosaic.sample_max = static_cast<std::uint16_t>(white);
  return mosaic;
}

TEST(StoredScale, FillsSixteenBitsAndNeverMore) {
  const auto shift = [](int bits) {
    return choose_stored_scale(mosaic_of(bits, 64, static_cast<float>((1 << bits) - 1)),
                               BelowBlack::Kept)
        .shift;
  };
  EXPECT_EQ(shift(10), 6);
  EXPECT_EQ(shift(12), 4);
  EXPECT_EQ(shift(14), 2);
  EXPECT_EQ(shift(16), 0);
}

TEST(StoredScale, BelievesTheSamplesMoreThanTheBits) {
  Mosaic mosaic = mosaic_of(12, 64, 4095);
  mosaic.sample_max = 5000;
  EXPECT_EQ(choose_stored_scale(mosaic, BelowBlack::Kept).shift, 3);
  mosaic.sample_max = 4095;
  mosaic.levels.white[2] = 16000;
  EXPECT_EQ(choose_stored_scale(mosaic, BelowBlack::Kept).shift, 2);
}

TEST(StoredScale, MakesRoomBelowBlackOnlyWhereThereIsNone) {
  EXPECT_EQ(choose_stored_scale(mosaic_of(12, 64, 4095), BelowBlack::Kept).pedestal, 0);
  EXPECT_EQ(choose_stored_scale(mosaic_of(12, 0, 4095), BelowBlack::NotExpected),
            (StoredScale{4, 0}));
  EXPECT_EQ(choose_stored_scale(mosaic_of(12, 0, 4095), BelowBlack::Kept), (StoredScale{3, 1024}));
  EXPECT_EQ(choose_stored_scale(mosaic_of(16, 0, 65535), BelowBlack::Kept), (StoredScale{0, 0}));
}

TEST(StoredLevels, FollowTheSamples) {
  SensorLevels levels{{{2, 1}, {100.5F, 0.0F}}, {1000.0F, 1001.0F, 1002.0F, 0.0F}};
  const auto stored = stored_levels(levels, {3, 1024});
  EXPECT_EQ(stored.black.counts, (std::vector<float>{1828.0F, 1024.0F}));
  EXPECT_EQ(stored.white[0], 9024.0F);
  EXPECT_EQ(stored.white[3], 0.0F);  // a colour that the sensor has not
}

}  // namespace
}  // namespace latent::write
