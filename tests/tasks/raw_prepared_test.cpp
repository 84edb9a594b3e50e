// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/prepared.h"

#include <gmock/gmock.h>

#include "sample_raw.h"
#include "sample_rows.h"
#include "task_fixture.h"

namespace latent::tasks {
namespace {

class RawPrepared : public TaskTest {
 protected:
  std::unique_ptr<PreparedRaw> raw(const Mosaic& mosaic) const {
    write_sample(mosaic, folder_ / "photo.dng");
    auto raw = PreparedRaw::open(opened(folder_ / "photo.dng"));
    EXPECT_TRUE(raw) << raw.error().sentence;
    return *std::move(raw);
  }
  static std::vector<std::uint16_t> samples(PreparedRaw& raw) {
    return samples_of(std::as_const(std::get<Mosaic>(raw.picture()).samples).view());
  }
};

TEST_F(RawPrepared, KnowsItsSizeByTheHeader) {
  const Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  EXPECT_EQ(raw(mosaic)->facts.size, mosaic.crop.size());
}

TEST_F(RawPrepared, DecodesOnceUntilItsSamplesAreUsedUp) {
  const auto prepared = raw(sample_mosaic(SensorClass::Bayer));
  ASSERT_TRUE(prepared->decode(RawAs::Mosaic, {}));
  auto& sample = std::get<Mosaic>(prepared->picture()).samples.view().at(50, 50);
  const auto before = sample;
  sample = 1;
  ASSERT_TRUE(prepared->decode(RawAs::Mosaic, {}));
  EXPECT_EQ(std::get<Mosaic>(prepared->picture()).samples.view().at(50, 50), 1);
  prepared->used_up();
  ASSERT_TRUE(prepared->decode(RawAs::Mosaic, {}));
  EXPECT_EQ(std::get<Mosaic>(prepared->picture()).samples.view().at(50, 50), before);
}

TEST_F(RawPrepared, PutsBackWhatTheFileHasWhereNoRepairIsWanted) {
  const auto prepared = raw(sample_mosaic(SensorClass::Bayer));
  ASSERT_TRUE(prepared->decode(RawAs::Mosaic, {}));
  const auto before = samples(*prepared);
  const auto noise = prepared->noise({}, 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  ASSERT_TRUE(prepared->repair({true, true}, *noise, 1));
  EXPECT_GE(prepared->repair().hot, 2);
  EXPECT_NE(samples(*prepared), before);
  ASSERT_TRUE(prepared->repair({}, *noise, 1));
  EXPECT_EQ(prepared->repair().hot, 0);
  EXPECT_EQ(samples(*prepared), before);
}

TEST_F(RawPrepared, TakesTheNoiseThatIsGivenAndMeasuresNothing) {
  const auto prepared = raw(sample_mosaic(SensorClass::Bayer));
  ASSERT_TRUE(prepared->decode(RawAs::Mosaic, {}));
  RawDenoiseSettings settings;
  settings.noise.emplace();
  settings.noise->a.fill(0.5);
  settings.noise->origin = NoiseModel::Origin::Given;
  EXPECT_EQ(prepared->noise(settings, 1)->a[1], 0.5);
  EXPECT_FALSE(prepared->facts.noise);
}

TEST_F(RawPrepared, RefusesAFinishedPicture) {
  const auto refused = PreparedRaw::open(opened(picture({40, 30})));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(refused.error().sentence, testing::HasSubstr("photo.tif"));
}

}  // namespace
}  // namespace latent::tasks
