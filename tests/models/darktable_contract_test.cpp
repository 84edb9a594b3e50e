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

OptimizationRule rule_of(const std::string& keys, std::string_view stem) {
  return manifest_of("{}", keys).hints.optimization_of(stem);
}

TEST(DarktableContract, OptimizationIsThatOfTheProviderThenTheGeneralOneThenAll) {
  EXPECT_EQ(rule_of("", "model").at("cpu"), GraphOptimization::All);
  const std::string word = R"("ort_optimization": "BASIC", )";
  EXPECT_EQ(rule_of(word, "model").at("cuda"), GraphOptimization::Basic);
  const std::string by_stem = R"("ort_optimization": {"decoder": "disabled"}, )";
  EXPECT_EQ(rule_of(by_stem, "decoder").at("cpu"), GraphOptimization::Disabled);
  EXPECT_EQ(rule_of(by_stem, "encoder").at("cpu"), GraphOptimization::All);
  const std::string both = R"("ort_optimization": "basic",
      "ort_optimization_provider": {"CUDA": "all", "DML": {"decoder": "Disabled"},
                                    "CPUExecutionProvider": {"encoder": "disabled"}}, )";
  EXPECT_EQ(rule_of(both, "decoder").at("cuda"), GraphOptimization::All);
  EXPECT_EQ(rule_of(both, "decoder").at("directml"), GraphOptimization::Disabled);
  EXPECT_EQ(rule_of(both, "encoder").at("directml"), GraphOptimization::Basic);
  EXPECT_EQ(rule_of(both, "encoder").at("cpu"), GraphOptimization::Disabled);
  EXPECT_EQ(rule_of(both, "decoder").at("cpu"), GraphOptimization::Basic);
}

TEST(DarktableContract, OptimizationsThatNobodyKnowsAreNamedOnceAndPassedOver) {
  const auto manifest = manifest_of("{}", R"("ort_optimization": "extended", )");
  EXPECT_EQ(manifest.hints.optimization_of("model").at("cpu"), GraphOptimization::All);
  ASSERT_EQ(manifest.hints.notices.size(), 1U);
  EXPECT_THAT(manifest.hints.notices[0],
              HasSubstr("ort_optimization is \"extended\", where all, basic and disabled"));
  for (const char* wrong : {R"("ort_optimization": 3, )", R"("ort_optimization": {"model": 1}, )",
                            R"("ort_optimization_provider": "all", )"}) {
    EXPECT_FALSE(
        parse_manifest(std::string(R"({"id": "x", "name": "x", )") + wrong + R"("task": "mask"})"))
        << wrong;
  }
}

TEST(DarktableContract, FilesAndKindsOfATaskGoTogether) {
  EXPECT_EQ(darktable_file(DarktableKind::UpscaleX4), "model_x4.onnx");
  EXPECT_EQ(darktable_kinds("rawdenoise").size(), 3U);
  EXPECT_EQ(darktable_kinds("upscale").size(), 2U);
  EXPECT_TRUE(darktable_kinds("mask").empty());
}

}  // namespace
}  // namespace latent::models
