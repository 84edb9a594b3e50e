// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/own_networks.h"

#include <gmock/gmock.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

read::RawFacts mosaic_of(SensorClass sensor) {
  read::RawFacts facts;
  facts.sensor = sensor;
  facts.opens_as_mosaic = true;
  return facts;
}

class OwnRawNetworks : public TaskTest {
 protected:
  std::unique_ptr<RawNetworks> networks() const {
    return own_raw_networks(package("tiny-sensors"), engine_, {});
  }
};

TEST_F(OwnRawNetworks, AreOneForEachSensorAndReadOnce) {
  const auto all = networks();
  const auto bayer = all->choose(mosaic_of(SensorClass::Bayer), {});
  const auto xtrans = all->choose(mosaic_of(SensorClass::XTrans), {});
  ASSERT_TRUE(bayer && xtrans);
  EXPECT_NE(bayer->network, xtrans->network);
  EXPECT_EQ(all->choose(mosaic_of(SensorClass::Bayer), {})->network, bayer->network);
  EXPECT_EQ(bayer->as, RawAs::Mosaic);
}

TEST_F(OwnRawNetworks, TakeColoursOneAfterTheOtherThroughThatOfMonochromeSensors) {
  read::RawFacts linear;
  linear.sensor = SensorClass::LinearRgb;
  linear.opens_as_linear = true;
  const auto all = networks();
  const auto choice = all->choose(linear, {});
  ASSERT_TRUE(choice) << choice.error().sentence;
  EXPECT_EQ(choice->as, RawAs::Linear);
  EXPECT_EQ(choice->network, all->choose(mosaic_of(SensorClass::Mono), {})->network);
}

TEST_F(OwnRawNetworks, RefuseDarktablesArithmetic) {
  RawDenoiseSettings settings;
  settings.compat = models::Compat::Darktable56;
  const auto choice = networks()->choose(mosaic_of(SensorClass::Bayer), settings);
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().code, ErrorCode::Usage);
  EXPECT_THAT(choice.error().sentence, testing::HasSubstr("--compat"));
}

TEST_F(OwnRawNetworks, SubtractTheSameResidualFromEveryPartOfTheFrame) {
  const auto all = networks();
  const auto choice = all->choose(mosaic_of(SensorClass::Mono), {});
  ASSERT_TRUE(choice) << choice.error().sentence;
  RawPicture picture = sample_mosaic(SensorClass::Mono, {120, 90});
  NoiseModel noise;
  noise.a.fill(1e-3);
  noise.b.fill(1e-5);
  const RawDenoiseSettings settings;
  const auto clean = [&](const Rect& area) {
    auto counts = Image<float>::create(area.size()).value();
    RawDenoiseReport report;
    const Status cleaned = choice->network->clean(
        picture, {area, noise, settings},
        [&](const CleanRows& rows) -> Status {
          for (int y = 0; y < rows.counts.height(); ++y) {
            std::ranges::copy(rows.counts.row(y), counts.view().row(rows.first_row + y).begin());
          }
          return {};
        },
        {}, report);
    EXPECT_TRUE(cleaned) << cleaned.error().sentence;
    EXPECT_TRUE(report.network_ran);
    return counts;
  };
  const auto whole = clean({0, 0, 108, 76});
  const auto part = clean({31, 22, 40, 30});
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) {
      ASSERT_NEAR(part.view().at(x, y), whole.view().at(x + 31, y + 22), 0.02);
    }
  }
  EXPECT_LT(part.view().at(9, 9), std::get<Mosaic>(picture).samples.view().at(46, 37));
}

}  // namespace
}  // namespace latent::tasks
