// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/variant_block.h"

#include <gmock/gmock.h>

#include "models/store/package.h"
#include "refused_manifest.h"
#include "sample_package.h"

namespace latent::models {
namespace {

using testing::HasSubstr;

/// The sample with an int8 file; `golden` is its answer.
std::vector<RawEntry> entries_with_int8(nlohmann::json& config, const std::string& golden) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"model.int8.onnx", "nor are these"}, {"golden/cfa_int8_output.npy", golden}};
  for (const auto& [name, content] : files) {
    config["latent"]["files"][name] = {{"sha256", sha256_of(content)}, {"size", content.size()}};
  }
  config["latent_variants"] = nlohmann::json::parse(R"({"version": 1, "networks": {"cfa": {
    "int8": {"file": "model.int8.onnx", "golden_output": "golden/cfa_int8_output.npy",
             "tolerance": 0.02, "most_from_f32": 0.03, "rms_from_f32": 0.002, "loss_db": 0.06,
             "losses": {"bayer 0.01": 0.06, "mono 0.01": -0.01}, "memory_bytes_per_px": 206.3,
             "memory_bytes_per_px_bf16": 134.3}}}})");
  auto entries = sample_entries(config);
  for (const auto& [name, content] : files) entries.push_back({"sample/" + name, content});
  return entries;
}

nlohmann::json variant_config() {
  auto config = sample_config();
  (void)entries_with_int8(config, npy("(1, 4, 2, 3)", std::vector<float>(24, -0.5F)));
  return config;
}

TEST(VariantBlock, GivesTheNetworkItsInt8File) {
  const auto manifest = parse_manifest(variant_config().dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  const auto network = manifest->network(NetworkKind::LatentCfaV1);
  ASSERT_TRUE(network && network->int8);
  EXPECT_EQ(network->int8->file, "model.int8.onnx");
  EXPECT_EQ(network->int8->golden_output, "golden/cfa_int8_output.npy");
  EXPECT_DOUBLE_EQ(network->int8->most_from_f32, 0.03);
  EXPECT_DOUBLE_EQ(network->int8->rms_from_f32, 0.002);
  EXPECT_DOUBLE_EQ(network->int8->loss_db, 0.06);
  EXPECT_DOUBLE_EQ(network->int8->losses.at("mono 0.01"), -0.01);
  EXPECT_DOUBLE_EQ(network->int8->memory_bytes_per_px_bf16, 134.3);
}

TEST(VariantBlock, WhatIsNewerIsPassedOver) {
  auto config = variant_config();
  config["latent_variants"] = {{"version", 2}, {"anything", true}};
  auto manifest = parse_manifest(config.dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  EXPECT_FALSE(manifest->network(NetworkKind::LatentCfaV1)->int8);

  config = variant_config();
  config["latent_variants"]["networks"]["cfa"]["int4"] = {1, 2, 3};
  manifest = parse_manifest(config.dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  EXPECT_TRUE(manifest->network(NetworkKind::LatentCfaV1)->int8);
}

class RefusedVariant : public testing::TestWithParam<Fault> {};

TEST_P(RefusedVariant, NamesTheKey) {
  expect_refused(variant_config(), GetParam(), "/latent_variants");
}

#define INT8 "/networks/cfa/int8/"
INSTANTIATE_TEST_SUITE_P(
    Keys, RefusedVariant,
    testing::Values(
        Fault{"", "3", "latent_variants must be an object"},
        Fault{"/version", "", "latent_variants.version is missing"},
        Fault{"/version", "0", "latent_variants.version must be"},
        Fault{"/version", "\"1\"", "latent_variants.version must be"},
        Fault{"/networks", "", "latent_variants.networks is missing"},
        Fault{"/surprise", "1", "latent_variants.surprise is a key that"},
        Fault{"/networks/other", "{}", "networks.other names no network"},
        Fault{"/networks/cfa", "[]", "networks.cfa must be an object"},
        Fault{INT8 "file", "\"../x\"", "int8.file names no file"},
        Fault{INT8 "file", "\"model.onnx\"", "names the float32 file"},
        Fault{INT8 "golden_output", "\"x.npy\"", "int8.golden_output names no file"},
        Fault{INT8 "tolerance", "0", "int8.tolerance must be a number"},
        Fault{INT8 "most_from_f32", "11", "int8.most_from_f32 must be a number"},
        Fault{INT8 "rms_from_f32", "\"0.1\"", "int8.rms_from_f32 must be a number"},
        Fault{INT8 "loss_db", "", "int8.loss_db is missing"},
        Fault{INT8 "loss_db", "61", "int8.loss_db must be a number"},
        Fault{INT8 "loss_db", "0.05", "loss_db must not be below any of losses"},
        Fault{INT8 "losses/x", "\"0\"", "int8.losses.x must be a number"},
        Fault{INT8 "memory_bytes_per_px", "0", "int8.memory_bytes_per_px must be a number"},
        Fault{INT8 "memory_bytes_per_px_bf16", "", "memory_bytes_per_px_bf16 is missing"},
        Fault{INT8 "surprise", "1", "int8.surprise is a key that latent_variants version 1"}));
#undef INT8

TEST(VariantBlock, ThePackageGivesTheFileAndItsGoldenAnswer) {
  const ScratchFolder folder;
  auto config = sample_config();
  const auto golden = npy("(1, 4, 2, 3)", std::vector<float>(24, -0.25F));
  write_zip(folder / "sample.dtmodel", entries_with_int8(config, golden));
  const auto package = Package::open(folder / "sample.dtmodel");
  ASSERT_TRUE(package) << package.error().sentence;
  const auto network = load_network(*package, NetworkKind::LatentCfaV1);
  ASSERT_TRUE(network) << network.error().sentence;
  ASSERT_TRUE(network->int8);
  EXPECT_EQ(network->int8->sha256, sha256_of("nor are these"));
  EXPECT_EQ(network->int8->onnx.size(), std::strlen("nor are these"));
  EXPECT_EQ(network->int8->golden_output.view().data[5], -0.25F);
}

TEST(VariantBlock, AGoldenAnswerOfAnotherSizeIsRefused) {
  const ScratchFolder folder;
  auto config = sample_config();
  const auto golden = npy("(1, 4, 3, 2)", std::vector<float>(24, -0.25F));
  write_zip(folder / "sample.dtmodel", entries_with_int8(config, golden));
  const auto package = Package::open(folder / "sample.dtmodel");
  ASSERT_TRUE(package) << package.error().sentence;
  const auto network = load_network(*package, NetworkKind::LatentCfaV1);
  ASSERT_FALSE(network);
  EXPECT_THAT(network.error().sentence, HasSubstr("is not of the size of the golden output"));
}

}  // namespace
}  // namespace latent::models
