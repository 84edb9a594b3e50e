// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "models/manifest/task_contract.h"
#include "sample_package.h"

namespace latent::models {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A package of one graph with two inputs, a free dimension and both ways of a golden input.
json graph_config() {
  auto config = sample_config();
  config["task"] = "mask";
  config["latent"]["networks"] = json::parse(R"({"model": {"file": "model.onnx", "kind": "graph_v1",
    "inputs": [{"name": "image", "type": "f32", "dims": [1, 3, 4, 4], "meaning": "RGB, 0 to 1"},
               {"name": "points", "type": "f32", "dims": [1, "n", 2], "meaning": "x, y"}],
    "outputs": [{"name": "mask", "type": "f32", "dims": [1, 1, 4, 4], "meaning": "logits"}]}})");
  config["latent"]["golden"] = json::parse(R"([{"network": "model",
    "inputs": {"image": {"dims": [1, 3, 4, 4], "pattern": "weyl_v1", "low": -2.0, "high": 2.0},
               "points": {"dims": [1, 2, 2], "values": [0, 1, 2, 3]}},
    "outputs": {"mask": {"dims": [1, 1, 4, 4], "indices": [0, 7, 15], "values": [0.5, 1, -1]}},
    "tolerance_f32": 1e-3, "tolerance_bf16": 0.2}])");
  return config;
}

std::string problem_of(const json& config) {
  const auto manifest = parse_manifest(config.dump());
  return manifest ? "" : manifest.error().sentence;
}

TEST(GraphBlock, IsReadWithItsGoldenTensors) {
  const auto manifest = parse_manifest(graph_config().dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  const LatentBlock& block = *manifest->latent;
  ASSERT_EQ(block.graphs.size(), 1U);
  EXPECT_EQ(block.graphs[0].inputs[1].dims, (std::vector<std::int64_t>{1, -1, 2}));
  EXPECT_EQ(block.graphs[0].inputs[1].symbols[1], "n");
  const GraphGolden& golden = block.graph_golden[0];
  EXPECT_EQ(golden.outputs.at("mask").indices, (std::vector<std::int64_t>{0, 7, 15}));
  EXPECT_EQ(golden.inputs.at("points").samples(), (std::vector<float>{0, 1, 2, 3}));
}

TEST(GraphBlock, ThePatternIsWhatTheDocumentSays) {
  const GraphProbe probe{.dims = {2, 3}, .values = {}, .low = -2, .high = 2};
  const auto samples = probe.samples();
  ASSERT_EQ(samples.size(), 6U);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::uint64_t turned = i * 2654435761ULL % (1ULL << 32U);
    EXPECT_EQ(samples[i],
              static_cast<float>(-2.0 + 4.0 * (static_cast<double>(turned) / 4294967296.0)));
  }
}

TEST(GraphBlock, AFaultNamesTheKey) {
  const std::vector<std::tuple<const char*, json, const char*>> faults{
      {"/latent/networks/model/file", "other.onnx", "networks.model.file"},
      {"/latent/networks/model/inputs", json::array(), "model.inputs"},
      {"/latent/networks/model/inputs/0/type", "float", "inputs[0].type"},
      {"/latent/networks/model/inputs/0/dims/1", 0, "inputs[0].dims"},
      {"/latent/networks/model/inputs/0/dims/1", 1.5, "inputs[0].dims"},
      {"/latent/networks/model/inputs/1/name", "image", "names a tensor twice"},
      {"/latent/networks/model/outputs/0/more", 1, "outputs[0].more"},
      {"/latent/golden/0/inputs/image/dims", {1, 3, 4, 5}, "are not those of the network"},
      {"/latent/golden/0/inputs/image/pattern", "noise", "image.pattern"},
      {"/latent/golden/0/inputs/image/high", -3, "image.high"},
      {"/latent/golden/0/inputs/points/values", {1, 2}, "points.values"},
      {"/latent/golden/0/inputs/points/dims", {1, 1048576, 2}, "points.values"},
      {"/latent/golden/0/inputs/extra", json::object(), "inputs.extra"},
      {"/latent/golden/0/outputs/mask/indices", {7, 3}, "mask.indices"},
      {"/latent/golden/0/outputs/mask/indices", {0, 7, 16}, "mask.indices"},
      {"/latent/golden/0/outputs/mask/values", {1}, "mask.values"},
      {"/latent/golden/0/outputs", json::object(), "golden[0].outputs"},
      {"/latent/golden", json::array(), "golden"},
  };
  for (const auto& [where, value, words] : faults) {
    auto config = graph_config();
    config[json::json_pointer(where)] = value;
    EXPECT_THAT(problem_of(config), HasSubstr(words)) << where << " " << value;
  }
}

TEST(GraphBlock, AProbeCannotAskForMoreMemoryThanIsAllowed) {
  auto config = graph_config();
  auto& network = config["latent"]["networks"]["model"];
  network["inputs"][0]["dims"] = {"a", "b", "c", "d"};
  config["latent"]["golden"][0]["inputs"]["image"]["dims"] = {1048576, 1048576, 1048576, 1048576};
  EXPECT_THAT(problem_of(config), HasSubstr("more than 67108864 elements"));
}

TEST(DarktableKeys, AreReadInBothForms) {
  auto config = sample_config();
  config["cpu_only"] = {"coreml"};
  config["coreml_format"] = "mlprogram";
  config["attributes"]["norm_mean"] = {0.5, 0.5};
  auto manifest = parse_manifest(config.dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  EXPECT_EQ(manifest->hints.cpu_only.at(""), std::vector<std::string>{"coreml"});
  EXPECT_EQ(manifest->hints.coreml_format.at(""), "mlprogram");
  EXPECT_TRUE(manifest->hints.attributes.contains("norm_mean"));
  config["cpu_only"] = {{"model", {"CoreML", "dml"}}};
  config["coreml_format"] = {{"model", "mlprogram"}};
  manifest = parse_manifest(config.dump());
  ASSERT_TRUE(manifest) << manifest.error().sentence;
  EXPECT_EQ(manifest->hints.cpu_only.at("model").size(), 2U);
  config["cpu_only"] = {{"model", "CoreML"}};
  EXPECT_THAT(problem_of(config), HasSubstr("cpu_only.model"));
  config["cpu_only"] = json::array();
  config["coreml_format"] = {{"model", 1}};
  EXPECT_THAT(problem_of(config), HasSubstr("coreml_format.model"));
}

Manifest for_task(const std::string& task, const std::string& arch = "") {
  Manifest manifest;
  manifest.id = "x";
  manifest.task = task;
  manifest.arch = arch;
  return manifest;
}

PortFacts port(const std::string& name, std::vector<std::int64_t> dims) {
  return {name, "f32", std::move(dims)};
}

TEST(TaskContract, AsksForTheFilesOfTheTask) {
  EXPECT_TRUE(hold_to_task_files(for_task("denoise"), {"model.onnx"}));
  EXPECT_TRUE(hold_to_task_files(for_task("upscale"), {"model_x4.onnx"}));
  EXPECT_TRUE(hold_to_task_files(for_task("mask"), {"encoder.onnx", "decoder.onnx"}));
  EXPECT_TRUE(hold_to_task_files(for_task("something new"), {"any.onnx"}));
  for (const char* task : {"denoise", "rawdenoise", "upscale", "mask", "depth", "erase", "embed"}) {
    const auto verdict = hold_to_task_files(for_task(task), {"LICENSE", "encoder.onnx"});
    ASSERT_FALSE(verdict) << task;
    EXPECT_THAT(verdict.error().sentence, HasSubstr(task));
  }
  EXPECT_FALSE(hold_to_task_files(for_task("something new"), {"LICENSE"}));
  EXPECT_TRUE(hold_to_task_files(for_task("mask", "latent_clicks"), {"model.onnx"}));
  EXPECT_FALSE(hold_to_task_files(for_task("mask", "latent_clicks"), {"encoder.onnx"}));
}

TEST(TaskContract, OfOurOwnMasksIsPlanesToLogits) {
  const Manifest ours = for_task("mask", "latent_clicks");
  const PortFacts planes = port("planes", {1, 10, 64, 64});
  const PortFacts logits = port("logits", {1, 1, 64, 64});
  EXPECT_TRUE(hold_to_task_ports(ours, "model", {{planes}, {logits}}));
  const auto few = hold_to_task_ports(ours, "model", {{port("planes", {1, 3, 64, 64})}, {logits}});
  ASSERT_FALSE(few);
  EXPECT_THAT(few.error().sentence, HasSubstr("3 channels where the task wants 10"));
  EXPECT_FALSE(hold_to_task_ports(ours, "model", {{planes}, {port("masks", {1, 1, 64, 64})}}));
  EXPECT_FALSE(hold_to_task_ports(ours, "model", {{planes}, {port("logits", {1, 1, 32, 32})}}));
}

TEST(TaskContract, AsksForTheTensorsOfTheTask) {
  const PortFacts rgb = port("input", {1, 3, 64, 64});
  const PortFacts out = port("output", {1, 3, 64, 64});
  const auto good = [](const Manifest& manifest, const char* stem, const GraphFacts& facts) {
    const auto verdict = hold_to_task_ports(manifest, stem, facts);
    return verdict ? std::string() : verdict.error().sentence;
  };
  EXPECT_EQ(good(for_task("denoise"), "model", {{rgb}, {out}}), "");
  EXPECT_EQ(good(for_task("denoise"), "model", {{rgb, port("level", {1, 1, 64, 64})}, {out}}), "");
  EXPECT_EQ(good(for_task("denoise"), "model", {{port("x", {-1, 3, -1, -1})}, {out}}), "");
  EXPECT_THAT(good(for_task("denoise"), "model", {{port("x", {1, 1, 64, 64})}, {out}}),
              HasSubstr("'x' has 1 channels where the task wants 3"));
  EXPECT_THAT(good(for_task("denoise"), "model", {{port("x", {3, 64, 64})}, {out}}),
              HasSubstr("4 dimensions"));
  EXPECT_THAT(good(for_task("upscale"), "model_x2", {{rgb}, {out}}), HasSubstr("not 2 times"));
  EXPECT_EQ(good(for_task("rawdenoise"), "model_bayer", {{port("input", {1, 4, 32, 32})}, {out}}),
            "");
  EXPECT_THAT(good(for_task("rawdenoise"), "model_bayer", {{rgb}, {out}}), HasSubstr("3 channels"));
  EXPECT_EQ(good(for_task("depth"), "model", {{rgb}, {port("d", {1, 64, 64})}}), "");
  EXPECT_THAT(good(for_task("erase"), "model", {{rgb}, {out}}), HasSubstr("1 inputs"));
  EXPECT_THAT(good(for_task("mask", "sam2"), "encoder",
                   {{port("picture", {1, 3, 64, 64})}, {out, out, out}}),
              HasSubstr("must be 'image'"));
  EXPECT_THAT(good(for_task("mask"), "decoder", {{rgb}, {out}}), HasSubstr("point_coords"));
  EXPECT_THAT(good(for_task("denoise"), "model", {{}, {}}), HasSubstr("no input"));
}

TEST(TaskContract, AGraphIsTheOneThatIsDeclared) {
  const auto manifest = parse_manifest(graph_config().dump());
  ASSERT_TRUE(manifest);
  const GraphSpec& spec = manifest->latent->graphs[0];
  GraphFacts facts{{port("image", {1, 3, 4, 4}), port("points", {1, -1, 2})},
                   {port("mask", {1, 1, 4, 4})}};
  EXPECT_TRUE(hold_to_graph_spec(spec, facts));
  std::swap(facts.inputs[0], facts.inputs[1]);
  EXPECT_THAT(hold_to_graph_spec(spec, facts).error().sentence, HasSubstr("input 0 is 'points'"));
  std::swap(facts.inputs[0], facts.inputs[1]);
  facts.outputs[0].type = "f16";
  EXPECT_THAT(hold_to_graph_spec(spec, facts).error().sentence, HasSubstr("f16 [1, 1, 4, 4]"));
  facts.outputs.clear();
  EXPECT_FALSE(hold_to_graph_spec(spec, facts));
}

}  // namespace
}  // namespace latent::models
