// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/taken.h"

#include <gmock/gmock.h>

namespace latent::tasks {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

read::RawFacts mosaic_of(SensorClass sensor) {
  read::RawFacts facts;
  facts.sensor = sensor;
  facts.opens_as_mosaic = true;
  return facts;
}

TEST(RawDenoise, TakesTheMosaicsThatANetworkMaySee) {
  for (const SensorClass sensor : {SensorClass::Bayer, SensorClass::XTrans, SensorClass::Mono}) {
    EXPECT_TRUE(check_taken("photo.dng", mosaic_of(sensor))) << sensor_class_name(sensor);
  }
}

TEST(RawDenoise, TakesWhatOpensAsLinear) {
  read::RawFacts facts;
  facts.sensor = SensorClass::FourColour;
  facts.opens_as_linear = true;
  facts.obstacle = "has a four-colour sensor";
  EXPECT_TRUE(check_taken("photo.crw", facts));
}

TEST(RawDenoise, RefusesAQuadBayerMosaicThoughItCanBeRead) {
  const Status taken = check_taken("photo.dng", mosaic_of(SensorClass::QuadBayer));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(taken.error().sentence,
              AllOf(StartsWith("'photo.dng' has a quad-Bayer sensor"), HasSubstr("does not take")));
}

TEST(RawDenoise, RefusesWhatCannotBeReadInTheReadersWords) {
  read::RawFacts facts;
  facts.obstacle = "is compressed in a way that is not taken";
  const Status taken = check_taken("photo.dng", facts);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().sentence, "'photo.dng' is compressed in a way that is not taken");
}

}  // namespace
}  // namespace latent::tasks
