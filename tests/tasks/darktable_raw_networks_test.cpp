// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/darktable/raw_networks.h"

#include <gmock/gmock.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

using testing::HasSubstr;

class DarktableRawNetworks : public TaskTest {
 protected:
  Result<RawNetworks::Choice> choice(SensorClass sensor, double strength = 1) {
    read::RawFacts facts;
    facts.sensor = sensor;
    facts.opens_as_mosaic = sensor != SensorClass::LinearRgb;
    facts.opens_as_linear = !facts.opens_as_mosaic;
    RawDenoiseSettings settings;
    settings.strength = strength;
    if (!networks_) networks_ = darktable_raw_networks(package("darktable-raw"), engine_, {});
    return networks_->choose(facts, settings);
  }

  std::unique_ptr<RawNetworks> networks_;
};

TEST_F(DarktableRawNetworks, OfABayerSensorAreReadOnce) {
  const auto first = choice(SensorClass::Bayer);
  ASSERT_TRUE(first) << first.error().sentence;
  EXPECT_EQ(first->as, RawAs::Mosaic);
  EXPECT_NE(first->network, nullptr);
  EXPECT_EQ(choice(SensorClass::Bayer)->network, first->network);
}

TEST_F(DarktableRawNetworks, AreNotNeededAtStrengthZero) {
  const auto xtrans = choice(SensorClass::XTrans, 0);
  ASSERT_TRUE(xtrans) << xtrans.error().sentence;
  EXPECT_EQ(xtrans->as, RawAs::Mosaic);
  EXPECT_EQ(xtrans->network, nullptr);
  EXPECT_EQ(choice(SensorClass::LinearRgb, 0)->as, RawAs::Linear);
}

TEST_F(DarktableRawNetworks, ThatThePackageLacksAreRefused) {
  const auto xtrans = choice(SensorClass::XTrans);
  ASSERT_FALSE(xtrans);
  EXPECT_EQ(xtrans.error().code, ErrorCode::ModelMismatch);
  EXPECT_THAT(xtrans.error().sentence, HasSubstr("no network for raws without a Bayer mosaic"));
}

TEST_F(DarktableRawNetworks, AreForNoMonochromeSensor) {
  const auto mono = choice(SensorClass::Mono);
  ASSERT_FALSE(mono);
  EXPECT_EQ(mono.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(mono.error().sentence, HasSubstr("no mono sensor"));
}

}  // namespace
}  // namespace latent::tasks
