// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/manifest.h"

#include <gmock/gmock.h>

#include "refused_manifest.h"
#include "sample_package.h"

namespace latent::models {
namespace {

using testing::HasSubstr;

TEST(Manifest, ReadsWhatTheSampleSays) {
  const auto manifest = parse_manifest(sample_config().dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  EXPECT_EQ(manifest->id, "sample");
  EXPECT_EQ(manifest->version, "1.2");
  EXPECT_TRUE(manifest->tiling);
  EXPECT_EQ(manifest->attributes.at("model").input_kind, "latent_cfa_v1");
  const auto network = manifest->network(NetworkKind::LatentCfaV1);
  ASSERT_TRUE(network) << network.error().sentence;
  EXPECT_EQ(network->input.name, "planes");
  EXPECT_EQ(network->input.channels, 20);
  EXPECT_EQ(network->input.planes(), 5);
  EXPECT_EQ(network->output.planes(), 1);
  EXPECT_EQ(network->stride_px, 16);
  EXPECT_EQ(network->reach_px, 64);
  EXPECT_EQ(network->scale, 1);
  EXPECT_DOUBLE_EQ(network->memory_bytes_per_px, 144);
  EXPECT_DOUBLE_EQ(network->limits.sigma_u_max, 0.12);
  EXPECT_TRUE(network->serves(SensorClass::XTrans));
  EXPECT_EQ(manifest->latent->files.size(), 4U);
  EXPECT_EQ(manifest->latent->licence.data, "CC0-1.0");
}

TEST(Manifest, ReadsANetworkOfFinishedPictures) {
  for (const int unshuffle : {1, 2, 4}) {
    auto config = rgb_config();
    auto& json = config["latent"]["networks"]["rgb"];
    json["input"]["unshuffle"] = json["output"]["unshuffle"] = unshuffle;
    json["input"]["channels"] = 6 * unshuffle * unshuffle;
    json["output"]["channels"] = 3 * unshuffle * unshuffle;
    const auto manifest = parse_manifest(config.dump());
    ASSERT_TRUE(manifest) << manifest.error().sentence;
    const auto network = manifest->network(NetworkKind::LatentRgbV1);
    ASSERT_TRUE(network) << network.error().sentence;
    EXPECT_EQ(network->encoding, Encoding::SrgbExtendedV1);
    EXPECT_EQ(network->scale, 1);
    EXPECT_EQ(network->input.planes(), 6);
    EXPECT_EQ(network->output.planes(), 3);
    EXPECT_DOUBLE_EQ(network->limits.value_min, -0.5);
    EXPECT_DOUBLE_EQ(network->limits.value_max, 1.5);
    EXPECT_DOUBLE_EQ(network->limits.level_max, 0.3);
    EXPECT_TRUE(network->cfa.empty());
    EXPECT_FALSE(manifest->network(NetworkKind::LatentCfaV1));
  }
}

TEST(Manifest, HoldsANetworkThatDemosaicsBesideOneThatDoesNot) {
  auto config = sample_config();
  auto& block = config["latent"];
  const std::string first = block["networks"].begin().key();
  auto demosaic = block["networks"][first];
  demosaic["kind"] = "latent_demosaic_v1";
  block["files"]["demosaic.onnx"] = block["files"][demosaic["file"].get<std::string>()];
  demosaic["file"] = "demosaic.onnx";
  config["attributes"]["demosaic"]["input_kind"] = "latent_demosaic_v1";
  demosaic["encoding"] = "sqrt_gat_wb_v2";
  demosaic["cfa"] = {"bayer", "xtrans"};
  for (const char* colour : {"start_red", "start_green", "start_blue"}) {
    demosaic["input"]["planes"].push_back(colour);
  }
  demosaic["input"]["channels"] = 32;
  demosaic["output"]["channels"] = 12;
  block["networks"]["demosaic"] = demosaic;
  block["golden"].push_back(block["golden"][0]);
  block["golden"].back()["network"] = "demosaic";
  const auto manifest = parse_manifest(config.dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  const auto found = manifest->demosaic_network(SensorClass::XTrans);
  ASSERT_TRUE(found) << found.error().sentence;
  EXPECT_EQ(found->id, "demosaic");
  EXPECT_EQ(found->output.planes(), 3);
  EXPECT_EQ(manifest->cfa_network(SensorClass::XTrans)->id, first);
  const auto none = manifest->demosaic_network(SensorClass::Mono);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().sentence, HasSubstr("has no network that demosaics"));
  block["networks"]["demosaic"]["cfa"] = {"mono"};
  const auto mono = parse_manifest(config.dump());
  ASSERT_FALSE(mono);
  EXPECT_THAT(mono.error().sentence, HasSubstr("must not list mono"));
}

TEST(Manifest, HoldsTwoUpscaleNetworksOfDifferentScale) {
  auto config = rgb_config(2);
  const auto four = rgb_config(4);
  auto& block = config["latent"];
  block["networks"]["four"] = four["latent"]["networks"]["rgb"];
  block["golden"].push_back(block["golden"][0]);
  block["golden"][1]["network"] = "four";
  const auto manifest = parse_manifest(config.dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  for (const int scale : {2, 4}) {
    const auto network = manifest->network(NetworkKind::LatentUpscaleV1, scale);
    ASSERT_TRUE(network) << network.error().sentence;
    EXPECT_EQ(network->scale, scale);
    EXPECT_EQ(network->output.unshuffle, scale);
    EXPECT_EQ(network->output.planes(), 3);
  }
  const auto none = manifest->network(NetworkKind::LatentUpscaleV1, 8);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::ModelMismatch);
  EXPECT_THAT(none.error().sentence, HasSubstr("latent_upscale_v1 for 8x"));

  block["networks"]["twin"] = four["latent"]["networks"]["rgb"];
  const auto twice = parse_manifest(config.dump());
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().sentence, HasSubstr("second network of the same kind and scale"));
}

TEST(Manifest, APackageForDarktableIsReadAndSaysWhyItIsNotUsed) {
  auto config = sample_config();
  config.erase("latent");
  config["attributes"] = nlohmann::json::parse(R"({
    "input_sizes": [512], "shadow_boost": true,
    "linear": {"input_kind": "linear_v1", "target_mean": null},
    "bayer": {"input_kind": "bayer_v1", "target_mean": "0.25", "wb_norm": "none"}})");
  config["something_new"] = {1, 2, 3};
  const auto manifest = parse_manifest(config.dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  EXPECT_TRUE(manifest->shadow_boost);
  EXPECT_EQ(manifest->attributes.at("linear").target_mean.said, TargetMean::Said::Null);
  EXPECT_EQ(manifest->attributes.at("bayer").target_mean,
            (TargetMean{TargetMean::Said::Text, 0, "0.25"}));
  EXPECT_EQ(manifest->attributes.at("bayer").wb_norm, "none");
  EXPECT_EQ(manifest->attributes.at("").input_sizes, std::vector<int>{512});
  const auto network = manifest->network(NetworkKind::LatentCfaV1);
  ASSERT_FALSE(network);
  EXPECT_EQ(network.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(network.error().sentence, HasSubstr("is made for darktable's task 'rawdenoise'"));
}

class RefusedManifest : public testing::TestWithParam<Fault> {};

TEST_P(RefusedManifest, NamesTheKey) { expect_refused(sample_config(), GetParam()); }

class RefusedRgbManifest : public testing::TestWithParam<Fault> {};
TEST_P(RefusedRgbManifest, NamesTheKey) { expect_refused(rgb_config(), GetParam()); }

class RefusedUpscaleManifest : public testing::TestWithParam<Fault> {};
TEST_P(RefusedUpscaleManifest, NamesTheKey) { expect_refused(rgb_config(4), GetParam()); }

#define NETWORK "/latent/networks/rgb/"
INSTANTIATE_TEST_SUITE_P(
    Rgb, RefusedRgbManifest,
    testing::Values(
        Fault{NETWORK "encoding", "\"sqrt_gat_wb_v1\"", "encoding must be srgb_extended_v1"},
        Fault{NETWORK "kind", "\"latent_cfa_v1\"",
              "encoding must be sqrt_gat_wb_v1, sqrt_gat_wb_v2 for"},
        Fault{NETWORK "kind", "\"latent_upscale_v1\"", "scale is missing"},
        Fault{NETWORK "cfa", "[\"bayer\"]", "cfa is for latent_cfa_v1 and latent_demosaic_v1 only"},
        Fault{NETWORK "scale", "2", "scale is for latent_upscale_v1 only"},
        Fault{NETWORK "input/planes/3", "\"level\"", "input.planes must be r, g, b, level_r"},
        Fault{NETWORK "input/channels", "4", "input.planes must name"},
        Fault{NETWORK "output/channels", "1", "output.channels must be 3 planes"},
        Fault{NETWORK "output/unshuffle", "2", "output.channels must be a multiple"},
        Fault{NETWORK "memory_bytes_per_px", "", "memory_bytes_per_px is missing"},
        Fault{NETWORK "memory_bytes_per_px", "0", "memory_bytes_per_px must be a number"},
        Fault{NETWORK "memory_bytes_per_px", "1e300", "memory_bytes_per_px must be a number"},
        Fault{NETWORK "limits/value_min", "0.1", "limits.value_min must be a number from -4"},
        Fault{NETWORK "limits/value_max", "9", "limits.value_max must be a number from 1"},
        Fault{NETWORK "limits/level_max", "-0.1", "limits.level_max must be a number"},
        Fault{NETWORK "limits/level_max", "", "limits.level_max is missing"},
        Fault{NETWORK "limits/sigma_u_min", "0.1", "limits.sigma_u_min is a key that"}));

INSTANTIATE_TEST_SUITE_P(
    Upscale, RefusedUpscaleManifest,
    testing::Values(Fault{NETWORK "scale", "", "scale is missing"},
                    Fault{NETWORK "scale", "1", "scale must be an integer from 2 to 4"},
                    Fault{NETWORK "scale", "3", "scale must be 2 or 4"},
                    Fault{NETWORK "scale", "2", "output.unshuffle must be the scale"},
                    Fault{NETWORK "scale", "2.0", "scale must be an integer"},
                    Fault{NETWORK "output/channels", "64", "output.channels must be 3 planes"},
                    Fault{NETWORK "input/planes", "[\"r\",\"g\",\"b\",\"level_r\"]",
                          "input.planes must be r, g, b, level"},
                    Fault{NETWORK "cfa", "[]",
                          "cfa is for latent_cfa_v1 and latent_demosaic_v1 only"}));
#undef NETWORK

INSTANTIATE_TEST_SUITE_P(
    Keys, RefusedManifest,
    testing::Values(
        Fault{"/id", "", "id is missing"}, Fault{"/id", "\"../x\"", "id must be"},
        Fault{"/id", "\".hidden\"", "id must be"}, Fault{"/id", "7", "id must be a string"},
        Fault{"/name", "\"\"", "name must not be empty"},
        Fault{"/version", "\"1\"", "version must be"}, Fault{"/version", "1.0", "version must be"},
        Fault{"/version", "\"1.x\"", "version must be"}, Fault{"/backend", "\"tf\"", "backend"},
        Fault{"/tiling", "1", "tiling must be true or false"},
        Fault{"/num_inputs", "0", "num_inputs must be an integer"},
        Fault{"/num_inputs", "1.0", "num_inputs must be an integer"},
        Fault{"/spatial_dims", "[\"height\"]", "spatial_dims"},
        Fault{"/model_card/license", "3", "model_card.license must be a string"},
        Fault{"/attributes", "[]", "attributes must be an object"},
        Fault{"/attributes/model/input_kind", "", "attributes.model.input_kind must be"},
        Fault{"/attributes/model/input_kind", "\"bayer_v1\"",
              "attributes.model.input_kind must be"},
        Fault{"/attributes/model/input_sizes", "[-1]", "attributes.model.input_sizes"},
        Fault{"/cpu_only", "[1]", "cpu_only"},
        Fault{"/attributes/model/target_mean", "true", "attributes.model.target_mean"}));

INSTANTIATE_TEST_SUITE_P(
    Latent, RefusedManifest,
    testing::Values(
        Fault{"/latent", "3", "latent must be an object"},
        Fault{"/latent/manifest_version", "", "latent.manifest_version is missing"},
        Fault{"/latent/manifest_version", "0", "latent.manifest_version must be"},
        Fault{"/latent/surprise", "1", "latent.surprise is a key that"},
        Fault{"/latent/networks", "{}", "latent.networks.* are missing"},
        Fault{"/latent/networks/cfa/surprise", "1", "latent.networks.cfa.surprise is a key that"},
        Fault{"/latent/networks/cfa/file", "\"../model.onnx\"", "latent.networks.cfa.file"},
        Fault{"/latent/networks/cfa/file", "\"other.onnx\"", "latent.files must list"},
        Fault{"/latent/networks/cfa/input/type", "\"f16\"", "input.type must be \"f32\""},
        Fault{"/latent/networks/cfa/input/layout", "\"NHWC\"", "input.layout must be \"NCHW\""},
        Fault{"/latent/networks/cfa/input/channels", "18", "input.channels must be a multiple"},
        Fault{"/latent/networks/cfa/input/channels", "16", "input.planes must name"},
        Fault{"/latent/networks/cfa/input/unshuffle", "0", "input.unshuffle must be an integer"},
        Fault{"/latent/networks/cfa/input/planes/0", "\"x\"", "input.planes must be u, sigma_u"},
        Fault{"/latent/networks/cfa/output/channels", "8", "output.channels must be one plane"},
        Fault{"/latent/networks/cfa/output/unshuffle", "1", "output.unshuffle must be that of"},
        Fault{"/latent/networks/cfa/output/kind", "\"picture\"",
              "output.kind must be \"residual\""},
        Fault{"/latent/networks/cfa/output/name", "\"\"", "output.name must be 1 to 128"},
        Fault{"/latent/networks/cfa/stride_px", "15", "stride_px must be a multiple"},
        Fault{"/latent/networks/cfa/stride_px", "100000", "stride_px must be an integer from"},
        Fault{"/latent/networks/cfa/reach_px", "-1", "reach_px must be an integer from"},
        Fault{"/latent/networks/cfa/limits/sigma_u_max", "0.001", "sigma_u_max must be above"},
        Fault{"/latent/networks/cfa/limits/offset_max", "\"1\"", "offset_max must be a number"},
        Fault{"/latent/networks/cfa/memory_bytes_per_px", "\"144\"", "must be a number"},
        Fault{"/latent/networks/cfa/limits/value_min", "0", "limits.value_min is a key that"},
        Fault{"/latent/networks/cfa/limits/extra", "1", "limits.extra is a key that"},
        Fault{"/latent/networks/cfa/cfa", "[\"foveon\"]", "networks.cfa.cfa must list"},
        Fault{"/latent/networks/cfa/cfa", "[\"mono\",\"mono\"]", "networks.cfa.cfa must list"},
        Fault{"/latent/networks/cfa/cfa", "[]", "networks.cfa.cfa must not be empty"},
        Fault{"/latent/golden", "[]", "latent.golden must hold a pair"},
        Fault{"/latent/golden/0/network", "\"x\"", "latent.golden[0].network names no"},
        Fault{"/latent/golden/0/input", "\"x\"", "latent.golden[0].input names no"},
        Fault{"/latent/golden/0/tolerance_f32", "0", "latent.golden[0].tolerance_f32 must be"},
        Fault{"/latent/files/..~1x", "{\"sha256\":\"\",\"size\":1}",
              "latent.files.../x is no name"},
        Fault{"/latent/files/LICENSE/sha256", "\"ABC\"", "LICENSE.sha256 must be 64"},
        Fault{"/latent/files/LICENSE/size", "-1", "LICENSE.size must be an integer"},
        Fault{"/latent/files/LICENSE/mode", "1", "LICENSE.mode is a key that"},
        Fault{"/latent/licence/weights", "\"\"", "latent.licence.weights must not be empty"},
        Fault{"/latent/openness", "", "latent.openness is missing"},
        Fault{"/latent/provenance/log", "", "latent.provenance.log is missing"}));

TEST(Manifest, WhatIsNewerThanThisVersionIsUnsupportedNotCorrupt) {
  for (const auto& [pointer, value] : {std::pair{"/latent/manifest_version", "2"},
                                       std::pair{"/latent/networks/cfa/kind", "\"latent_cfa_v9\""},
                                       std::pair{"/latent/networks/cfa/encoding", "\"log_v3\""}}) {
    auto config = sample_config();
    config[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
    const auto manifest = parse_manifest(config.dump());
    ASSERT_FALSE(manifest) << pointer;
    EXPECT_EQ(manifest.error().code, ErrorCode::Unsupported) << pointer;
  }
}

TEST(Manifest, ASecondNetworkOfOneKindIsRefused) {
  auto config = sample_config();
  config["latent"]["networks"]["other"] = config["latent"]["networks"]["cfa"];
  const auto manifest = parse_manifest(config.dump());
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().sentence, HasSubstr("second network for the same sensor"));
}

TEST(Manifest, EverySensorMayHaveANetworkOfItsOwn) {
  auto config = sample_config();
  auto& networks = config["latent"]["networks"];
  networks["other"] = networks["cfa"];
  networks["cfa"]["cfa"] = {"bayer"};
  networks["other"]["cfa"] = {"mono"};
  auto& golden = config["latent"]["golden"];
  golden.push_back(golden[0]);
  golden[1]["network"] = "other";
  const auto manifest = parse_manifest(config.dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  EXPECT_EQ(manifest->cfa_network(SensorClass::Bayer)->id, "cfa");
  EXPECT_EQ(manifest->cfa_network(SensorClass::Mono)->id, "other");
  const auto none = manifest->cfa_network(SensorClass::XTrans);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::ModelMismatch);
  EXPECT_THAT(none.error().sentence, HasSubstr("sample was not trained for X-Trans sensors"));
}

TEST(Manifest, EntryNamesThatLeaveTheFolderAreUnsafe) {
  for (const char* name :
       {"", "/etc/passwd", "../x", "a/../x", "a//b", "a/", "./a", "a\\b", "c:x", "a\nb", "a/.."}) {
    EXPECT_FALSE(is_safe_entry_name(name)) << name;
  }
  for (const char* name : {"a", "a/b.npy", "..a", "a..b", "Ünïcode"}) {
    EXPECT_TRUE(is_safe_entry_name(name)) << name;
  }
}

}  // namespace
}  // namespace latent::models
