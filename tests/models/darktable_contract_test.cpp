// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/darktable_contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace latent::models {
namespace {

using testing::HasSubstr;

Manifest manifest_of(const std::string& attributes, const std::string& more = "") {
  const auto manifest = parse_manifest(R"({"id": "x", "name": "x", "task": "rawdenoise", )" + more +
                                       R"("attributes": )" + attributes + "}");
  EXPECT_TRUE(manifest) << manifest.error().sentence;
  return *manifest;
}

DarktableContract contract_of(const std::string& attributes, DarktableKind kind,
                              Compat compat = Compat::None) {
  const auto contract = darktable_contract(manifest_of(attributes), kind, compat);
  EXPECT_TRUE(contract) << contract.error().sentence;
  return contract ? *contract : DarktableContract{};
}

TEST(DarktableContract, SilenceMeansDarktablesDefaults) {
  const auto bayer = contract_of(R"({"input_sizes": [512, 256]})", DarktableKind::BayerV1);
  EXPECT_EQ(bayer.tile, 512);
  EXPECT_EQ(bayer.overlap, 32);
  EXPECT_EQ(bayer.file, "model_bayer.onnx");
  EXPECT_EQ(bayer.balance, DarktableBalance::Daylight);
  EXPECT_EQ(bayer.space, DarktableSpace::CameraRgb);
  EXPECT_TRUE(bayer.match_gain && bayer.force_rggb && bayer.mirror_cropped);
  EXPECT_FALSE(bayer.target_mean);
  const auto linear = contract_of(R"({"input_sizes": [512]})", DarktableKind::LinearV1);
  EXPECT_EQ(linear.balance, DarktableBalance::AsShot);
  EXPECT_EQ(linear.space, DarktableSpace::LinearRec2020);
  EXPECT_EQ(linear.target_mean, 0.30);
  const auto up = contract_of(R"({"model_x4": {"input_sizes": [256]}})", DarktableKind::UpscaleX4);
  EXPECT_EQ(up.scale, 4);
  EXPECT_EQ(up.overlap, 16);
}

TEST(DarktableContract, NativePlanesAreMirroredAtTheVisibleRectangle) {
  const auto native =
      contract_of(R"({"input_sizes": [512], "model_bayer": {"bayer_orientation": "native"}})",
                  DarktableKind::BayerV1);
  EXPECT_FALSE(native.force_rggb);
  EXPECT_FALSE(native.mirror_cropped);
}

struct Mean {
  const char* json;
  std::optional<double> said;
  std::optional<double> darktable;
};

class TargetMeans : public testing::TestWithParam<Mean> {};

/// C2: what is no string of JSON is not seen by darktable.
TEST_P(TargetMeans, AreReadAsThePackageSaysAndAsDarktableDoes) {
  const std::string attributes =
      std::string(R"({"input_sizes": [512], "model_linear": {)") + GetParam().json + "}}";
  EXPECT_EQ(contract_of(attributes, DarktableKind::LinearV1).target_mean, GetParam().said);
  EXPECT_EQ(contract_of(attributes, DarktableKind::LinearV1, Compat::Darktable56).target_mean,
            GetParam().darktable);
}

INSTANTIATE_TEST_SUITE_P(
    Words, TargetMeans,
    testing::Values(Mean{R"("wb_norm": "none")", 0.30, 0.30},
                    Mean{R"("target_mean": null)", std::nullopt, 0.30},
                    Mean{R"("target_mean": 0.2)", 0.2, 0.30},
                    Mean{R"("target_mean": "0.2")", 0.2, 0.2},
                    Mean{R"("target_mean": "null")", std::nullopt, std::nullopt},
                    Mean{R"("target_mean": "none")", std::nullopt, std::nullopt},
                    Mean{R"("target_mean": "-1")", std::nullopt, std::nullopt}));

TEST(DarktableContract, UnknownWordsAreNamedOrBecomeTheDefault) {
  for (const auto& [key, word] :
       {std::pair{"wb_norm", "auto"}, std::pair{"output_scale", "big"},
        std::pair{"bayer_orientation", "rotated"}, std::pair{"edge_pad", "zero"},
        std::pair{"input_colorspace", "lin_rec2020"}}) {
    const std::string attributes = std::string(R"({"input_sizes": [512], "model_bayer": {")") +
                                   key + R"(": ")" + word + R"("}})";
    const auto strict = darktable_contract(manifest_of(attributes), DarktableKind::BayerV1);
    ASSERT_FALSE(strict) << key;
    EXPECT_EQ(strict.error().code, ErrorCode::ModelMismatch);
    EXPECT_THAT(strict.error().sentence,
                HasSubstr(std::string("attributes.model_bayer.") + key + " is \"" + word));
    const auto loose = contract_of(attributes, DarktableKind::BayerV1, Compat::Darktable56);
    ASSERT_EQ(loose.notices.size(), 1U);
    EXPECT_EQ(loose.balance, DarktableBalance::Daylight);
    EXPECT_TRUE(loose.match_gain && loose.force_rggb && loose.mirror_cropped);
  }
  const auto half = R"({"input_sizes": [512], "model_linear": {"target_mean": "half"}})";
  EXPECT_FALSE(darktable_contract(manifest_of(half), DarktableKind::LinearV1));
  EXPECT_EQ(contract_of(half, DarktableKind::LinearV1, Compat::Darktable56).target_mean, 0.30);
}

TEST(DarktableContract, RefusesInBothReadings) {
  for (const Compat compat : {Compat::None, Compat::Darktable56}) {
    const auto problem = [&](const char* attributes) {
      const auto contract =
          darktable_contract(manifest_of(attributes), DarktableKind::BayerV1, compat);
      EXPECT_FALSE(contract);
      return contract ? std::string() : contract.error().sentence;
    };
    EXPECT_THAT(problem("{}"), HasSubstr("attributes.model_bayer.input_sizes is missing"));
    EXPECT_THAT(problem(R"({"input_sizes": [64]})"), HasSubstr("begins with 64"));
    EXPECT_THAT(problem(R"({"input_sizes": [9000]})"), HasSubstr("begins with 9000"));
    EXPECT_THAT(problem(R"({"input_sizes": [512], "model_bayer": {"input_kind": "linear_v1"}})"),
                HasSubstr("attributes.model_bayer.input_kind is \"linear_v1\", not \"bayer_v1\""));
  }
}

TEST(DarktableContract, ProvidersNotToUseAreOfAllOrOfOneNetwork) {
  const char* sizes = R"({"input_sizes": [512]})";
  const auto all =
      darktable_contract(manifest_of(sizes, R"("cpu_only": ["CoreML"], )"), DarktableKind::BayerV1);
  ASSERT_TRUE(all);
  EXPECT_THAT(all->cpu_only, testing::ElementsAre("coreml"));
  const auto one = manifest_of(sizes, R"("cpu_only": {"model_bayer": ["coreml", "cuda"]}, )");
  EXPECT_THAT(darktable_contract(one, DarktableKind::BayerV1)->cpu_only,
              testing::ElementsAre("coreml", "cuda"));
  EXPECT_TRUE(darktable_contract(one, DarktableKind::LinearV1)->cpu_only.empty());
}

}  // namespace
}  // namespace latent::models
