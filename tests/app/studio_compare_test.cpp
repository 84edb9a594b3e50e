// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/studio/compare_desk.h"

namespace latent::app {
namespace {

using testing::Eq;

TEST(ComparedPhotos, LieInTheFrameOfTheLargerOne) {
  EXPECT_THAT(compared_frame({300, 200}, {600, 400}), Eq(Size{600, 400}));
  EXPECT_THAT(compared_frame({600, 400}, {300, 200}), Eq(Size{600, 400}));
  EXPECT_THAT(place_in_frame({600, 400}, {600, 400}), Eq(Rect{0, 0, 600, 400}));
  EXPECT_THAT(place_in_frame({300, 200}, {600, 400}), Eq(Rect{0, 0, 600, 400})) << "enlarged";
}

TEST(ComparedPhotos, OfWhichOneIsCroppedALittleAreNotResampled) {
  EXPECT_THAT(place_in_frame({5976, 3984}, {6000, 4000}), Eq(Rect{12, 8, 5976, 3984}));
}

TEST(ComparedPhotos, OfAnotherShapeLieInTheMiddle) {
  EXPECT_THAT(place_in_frame({200, 300}, {300, 200}), Eq(Rect{83, 0, 133, 200}));
  EXPECT_THAT(place_in_frame({0, 0}, {300, 200}), Eq(Rect{}));
}

TEST(ComparedPhotos, ThatAreNotThereSaySo) {
  const auto photo = compared_photo("/nonexistent/photo.png", {});
  ASSERT_FALSE(photo);
  EXPECT_THAT(photo.error().sentence, testing::HasSubstr("photo.png"));
}

}  // namespace
}  // namespace latent::app
