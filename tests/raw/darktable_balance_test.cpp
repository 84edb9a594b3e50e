// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/darktable_balance.h"

#include <gtest/gtest.h>

namespace latent::raw {
namespace {

CameraFacts camera() {
  CameraFacts facts;
  ColourCalibration daylight;
  daylight.illuminant = 21;
  daylight.color_matrix = {0.9, -0.3, -0.1, -0.4, 1.2, 0.2, -0.1, 0.2, 0.6};
  facts.calibrations = {daylight};
  facts.as_shot_wb = {2.0, 1.0, 1.5};
  facts.as_shot_wb_known = true;
  return facts;
}

TEST(DarktableBalance, DaylightMakesD65Neutral) {
  const auto wb = balance_for(camera(), BalanceWanted::Daylight);
  const double red = 0.9 * 0.9504 - 0.3 - 0.1 * 1.0889;
  const double green = -0.4 * 0.9504 + 1.2 + 0.2 * 1.0889;
  EXPECT_NEAR(wb[0], green / red, 1e-12);
  EXPECT_EQ(wb[1], 1.0);
}

TEST(DarktableBalance, WhatIsNotKnownIsReplacedByTheOther) {
  CameraFacts no_matrix = camera();
  no_matrix.calibrations.clear();
  EXPECT_EQ(balance_for(no_matrix, BalanceWanted::Daylight)[0], 2.0);
  CameraFacts no_shot = camera();
  no_shot.as_shot_wb_known = false;
  EXPECT_EQ(balance_for(no_shot, BalanceWanted::AsShot),
            balance_for(no_shot, BalanceWanted::Daylight));
  EXPECT_EQ(balance_for({}, BalanceWanted::AsShot), (std::array<double, 3>{1, 1, 1}));
  EXPECT_EQ(balance_for(camera(), BalanceWanted::None), (std::array<double, 3>{1, 1, 1}));
}

TEST(DarktableBalance, MatricesUndoEachOtherAndMayKeepNeutral) {
  for (const bool keep : {false, true}) {
    const auto made = matrices_for(camera(), SpaceWanted::LinearRec2020, keep);
    const auto product = colour::multiplied(made.to_camera, made.to_space);
    for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(product[i], i % 4 == 0 ? 1 : 0, 1e-6);
    const double sum = made.to_space[0] + made.to_space[1] + made.to_space[2];
    EXPECT_EQ(std::abs(sum - 1) < 1e-9, keep);
  }
  const auto none = matrices_for(camera(), SpaceWanted::CameraRgb, false);
  EXPECT_EQ(none.to_space, (colour::Matrix3d{1, 0, 0, 0, 1, 0, 0, 0, 1}));
}

}  // namespace
}  // namespace latent::raw
