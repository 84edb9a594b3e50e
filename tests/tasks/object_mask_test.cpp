// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/object_mask.h"

#include <gtest/gtest.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

using ObjectMask = TaskTest;

TEST_F(ObjectMask, StartsFromThePhotographInBytesOfSrgb) {
  const auto photograph = opened(picture({90, 70}));
  const auto prepared = prepare_object_mask(photograph, {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  ASSERT_EQ(prepared->session.size(), (Size{90, 70}));
  const Picture source = photograph.picture().value();
  const auto& words = std::get<Image<std::uint16_t>>(source.samples);
  for (const int y : {0, 63, 64, 69}) {  // on both sides of a band
    EXPECT_NEAR(prepared->session.picture().at(30, y, 2), words.view().at(30, y, 2) / 257.0, 0.51);
  }
}

TEST_F(ObjectMask, OfARawHasTheSizeOfItsCrop) {
  const Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  write_sample(mosaic, folder_ / "photo.dng");
  const auto prepared = prepare_object_mask(opened(folder_ / "photo.dng"), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  EXPECT_EQ(prepared->session.size(), mosaic.crop.size());
}

TEST_F(ObjectMask, IsStopped) {
  const auto prepared = prepare_object_mask(opened(picture({90, 70})), stopped());
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::tasks
