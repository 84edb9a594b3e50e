// SPDX-License-Identifier: GPL-3.0-or-later
// Files of the Python generator (tests/reference), which shares no code with this room: written by
// the CTest fixture read.make_generated into the folder that LATENT_GENERATED names.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "matchers.h"
#include "opened.h"

namespace latent::read {
namespace {

class Generated : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("LATENT_GENERATED");
    folder_ = folder != nullptr ? folder : "";
    if (!std::filesystem::exists(folder_ / "linear.dng")) {
      GTEST_SKIP() << "the generated DNGs are absent: the Python of LATENT_PYTHON lacks numpy";
    }
  }

  [[nodiscard]] std::filesystem::path dng(const std::string& name) const {
    return folder_ / (name + ".dng");
  }

  [[nodiscard]] std::vector<std::uint16_t> truth(const std::string& name) const {
    std::ifstream file(folder_ / (name + ".u16"), std::ios::binary);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
    std::vector<std::uint16_t> samples;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
      samples.push_back(static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[i]) |
                                                   static_cast<unsigned char>(bytes[i + 1]) << 8));
    }
    return samples;
  }

  /// Opens it and compares every sample with the truth.
  [[nodiscard]] Mosaic opened(const std::string& name) const {
    auto mosaic = open_raw(dng(name));
    EXPECT_TRUE(mosaic) << mosaic.error().sentence;
    if (!mosaic) return {};
    const auto expected = truth(name);
    EXPECT_EQ(static_cast<std::size_t>(mosaic->samples.size().area()), expected.size());
    const auto* from = expected.data();
    for (int y = 0; y < mosaic->samples.height(); ++y) {
      const auto row = std::as_const(mosaic->samples).view().row(y);
      EXPECT_TRUE(std::equal(row.begin(), row.end(), from)) << name << ", row " << y;
      from += row.size();
    }
    return *std::move(mosaic);
  }

  std::filesystem::path folder_;
};

TEST_F(Generated, BayerInFourPhasesWithOddMargins) {
  for (const std::string name : {"rggb", "grbg", "gbrg", "bggr"}) {
    const Mosaic mosaic = opened(name);
    EXPECT_EQ(mosaic.sensor, SensorClass::Bayer);
    EXPECT_EQ(mosaic.active, (Rect{5, 3, 201, 158}));
    EXPECT_EQ(mosaic.crop, (Rect{9, 7, 193, 150}));
    std::string letters = mosaic.cfa.shifted(mosaic.active.origin()).letters();
    std::ranges::transform(letters, letters.begin(),
                           [](char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_EQ(letters, name);
    ASSERT_TRUE(mosaic.noise_profile);
    EXPECT_DOUBLE_EQ(mosaic.noise_profile->a[0], 0.002);
    EXPECT_DOUBLE_EQ(mosaic.noise_profile->b[2], 1e-5);
    EXPECT_NEAR(mosaic.camera.as_shot_wb[0], 2, 1e-4);
    EXPECT_NEAR(mosaic.camera.as_shot_wb[2], 1.6, 1e-4);
    EXPECT_EQ(mosaic.camera.iso, 800);
  }
}

TEST_F(Generated, BlackBySiteAndTheDepthOfTheSensor) {
  const Mosaic grbg = opened("grbg");
  EXPECT_EQ(grbg.bits_per_sample, 14);
  EXPECT_EQ(grbg.levels.black.at(5, 3), 500);
  EXPECT_EQ(grbg.levels.black.at(6, 3), 510);
  EXPECT_EQ(grbg.levels.black.at(5, 4), 520);
  EXPECT_EQ(grbg.levels.black.at(0, 0), 530);  // five columns and three rows further out
  EXPECT_EQ(opened("gbrg").bits_per_sample, 12);
  EXPECT_EQ(opened("bggr").bits_per_sample, 10);
}

TEST_F(Generated, OpcodesAreCarried) {
  const Mosaic mosaic = opened("gbrg");
  for (const int tag : {51009, 51022}) {
    EXPECT_TRUE(std::ranges::any_of(mosaic.carried_tags, [&](const CarriedTag& carried) {
      return carried.tag == tag && carried.of_raw_ifd && carried.bytes.size() > 16;
    })) << tag;
  }
}

TEST_F(Generated, ALinearisationTableAnOrientationAndAPreview) {
  EXPECT_EQ(opened("curve").orientation, 6);
  const auto preview = embedded_preview(dng("curve"));
  ASSERT_TRUE(preview) << preview.error().sentence;
  ASSERT_TRUE(preview->has_value());
  EXPECT_EQ((*preview)->size, (Size{201, 158}));
}

TEST_F(Generated, XTransMonoAndQuadBayer) {
  const Mosaic xtrans = opened("xtrans");
  EXPECT_EQ(xtrans.sensor, SensorClass::XTrans);
  EXPECT_EQ(xtrans.cfa.period(), (Size{6, 6}));
  EXPECT_EQ(opened("mono").sensor, SensorClass::Mono);
  EXPECT_EQ(opened("quad").sensor, SensorClass::QuadBayer);
}

TEST_F(Generated, LinearRgbIsReadExactlyWithoutItsMargins) {
  for (const std::string name : {"linear", "linear_margins", "linear_jpeg", "linear_curve"}) {
    const auto facts = inspect_raw(dng(name));
    ASSERT_TRUE(facts) << facts.error().sentence;
    EXPECT_TRUE(facts->opens_as_linear);
    const auto picture = open_linear_raw(dng(name));
    ASSERT_TRUE(picture) << picture.error().sentence;
    ASSERT_EQ(picture->samples.size(), (Size{201, 158}));
    ASSERT_EQ(picture->samples.channels(), 3);
    const std::vector<std::uint16_t> expected = truth(name);
    const Rect& active = facts->active;
    ASSERT_EQ(expected.size(), 3U * static_cast<std::size_t>(facts->buffer.area()));
    for (int y = 0; y < active.height; ++y) {
      const auto row = picture->samples.view().row(y);
      const auto* from =
          expected.data() + 3 * (std::ptrdiff_t{active.y + y} * facts->buffer.width + active.x);
      ASSERT_TRUE(std::equal(row.begin(), row.end(), from)) << name << ", row " << y;
    }
    EXPECT_EQ(picture->black[2], name == "linear_margins" ? 512.0F : 0.0F);
    EXPECT_EQ(picture->white[0], name == "linear_jpeg" ? 4095.0F : 16383.0F);
    ASSERT_TRUE(picture->noise_profile);
    EXPECT_DOUBLE_EQ(picture->noise_profile->a[1], 0.002);
    EXPECT_NEAR(picture->camera.as_shot_wb[0], 2.0, 1e-4);
    EXPECT_EQ(picture->camera.calibrations.size(), 1U);
  }
  EXPECT_EQ(open_linear_raw(dng("linear_margins"))->crop, (Rect{4, 4, 193, 150}));
  const auto mosaic = open_linear_raw(dng("rggb"));
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Unsupported);
  test::expect_one_sentence(mosaic.error(), dng("rggb"));
}

TEST_F(Generated, FourColoursAndLinearRgbHaveNoMosaic) {
  for (const auto& [name, sensor] :
       {std::pair{"four", SensorClass::FourColour}, std::pair{"linear", SensorClass::LinearRgb}}) {
    const auto facts = inspect_raw(dng(name));
    ASSERT_TRUE(facts) << facts.error().sentence;
    EXPECT_EQ(facts->sensor, sensor);
    const auto mosaic = open_raw(dng(name));
    ASSERT_FALSE(mosaic);
    EXPECT_EQ(mosaic.error().code, ErrorCode::Unsupported);
    test::expect_one_sentence(mosaic.error(), dng(name));
  }
}

}  // namespace
}  // namespace latent::read
