// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/info.h"

namespace latent::app {
namespace {

nlohmann::json json_of(const std::variant<RawInfo, PictureInfo>& info) {
  const std::string text = to_json("/photos/a.dng", info);
  EXPECT_EQ(text.back(), '\n');
  return nlohmann::json::parse(text);
}

TEST(InfoJson, OfARefusedPictureHasTheRefusalAndNothingThatWasNotMeasured) {
  PictureInfo info;
  info.facts.size = {300, 200};
  info.refusal = "'a.png' is cut short";
  const auto json = json_of(info);
  EXPECT_EQ(json["width"], 300);
  EXPECT_EQ(json["refusal"], "'a.png' is cut short");
  for (const char* key : {"noise", "output", "profile"}) EXPECT_TRUE(json[key].is_null()) << key;
}

TEST(InfoJson, OfANoisyPictureHasTheLevelThatIsUsedAndItsInterval) {
  PictureInfo info;
  info.level = rgb::NoiseLevel::uniform(0.04F);
  info.output = "/photos/a_denoise.tif";
  const auto json = json_of(info);
  EXPECT_FLOAT_EQ(json["noise"]["overall"], 0.04F);
  EXPECT_FLOAT_EQ(json["noise"]["used"], 0.04F);
  EXPECT_LE(json["noise"]["interval"][0], json["noise"]["interval"][1]);
  EXPECT_EQ(json["output"], "/photos/a_denoise.tif");
  EXPECT_TRUE(json["refusal"].is_null());
}

TEST(InfoJson, OfARawHasRectanglesAsFourNumbers) {
  RawInfo info;
  info.facts.active = {2, 4, 60, 40};
  info.noise = NoiseModel{{1, 2, 3}, {4, 5, 6}, NoiseModel::Origin::Given};
  const auto json = json_of(info);
  EXPECT_EQ(json["active"], nlohmann::json({2, 4, 60, 40}));
  EXPECT_EQ(json["noise"]["origin"], "given");
  EXPECT_EQ(json["noise"]["b"], nlohmann::json({4.0, 5.0, 6.0}));
}

TEST(InfoJson, OfAHostileFileIsValidAndPrintable) {
  RawInfo info;
  info.facts.camera.make = "\xFF\xFE\x1b[2J\"";
  info.described = {{"name\n", "\x80value"}};
  const auto json = json_of(info);  // parses
  EXPECT_EQ(json["make"].get<std::string>().find('\x1b'), std::string::npos);
  EXPECT_EQ(json["metadata"].size(), 1U);
}

}  // namespace
}  // namespace latent::app
