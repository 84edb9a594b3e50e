// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_check.h"

#include <gmock/gmock.h>

#include <limits>

#include "sample_package.h"

namespace latent::app {
namespace {

using models::sample_config;
using models::ScratchFolder;
using nlohmann::json;
using testing::HasSubstr;

/// A graph that gives what the test wants, of whatever was put in.
class Pretended : public infer::TensorSession {
 public:
  Pretended(std::vector<infer::TensorPort> in, std::vector<infer::TensorPort> out, float value)
      : in_(std::move(in)), out_(std::move(out)), value_(value) {
    info_.precision = infer::Precision::F32;
  }
  const std::vector<infer::TensorPort>& inputs() const override { return in_; }
  const std::vector<infer::TensorPort>& outputs() const override { return out_; }
  const infer::SessionInfo& info() const override { return info_; }
  Result<std::vector<infer::NamedTensor>> run(
      const std::vector<infer::NamedTensor>& inputs) override {
    EXPECT_EQ(inputs.size(), in_.size());
    EXPECT_EQ(inputs.front().values.size(), 48U);
    return std::vector<infer::NamedTensor>{{"mask", {1, 1, 4, 4}, std::vector(16, value_)}};
  }
  void cancel() override {}
  void resume() override {}

 private:
  std::vector<infer::TensorPort> in_;
  std::vector<infer::TensorPort> out_;
  infer::SessionInfo info_;
  float value_;
};

/// Tools whose every graph is one of [1, 3, 4, 4] to [1, 1, 4, 4] that gives `value`.
CheckTools pretending(float value, std::int64_t channels = 3) {
  CheckTools tools;
  tools.open_graph = [=](const infer::OnnxSource& source, const infer::EngineRequest&,
                         const std::map<std::string, std::int64_t>&)
      -> Result<std::unique_ptr<infer::TensorSession>> {
    EXPECT_FALSE(source.bytes.empty());
    return std::make_unique<Pretended>(
        std::vector<infer::TensorPort>{{"image", "f32", {1, channels, 4, 4}, {}, true}},
        std::vector<infer::TensorPort>{{"mask", "f32", {1, 1, 4, 4}, {}, true}}, value);
  };
  tools.run_golden = [=](const models::Network&, const infer::EngineRequest&) {
    infer::ProofVerdict verdict;
    verdict.passed = value == 0.5F;
    verdict.problem = "off";
    return Result<infer::ProofVerdict>(verdict);
  };
  return tools;
}

Result<CheckReport> checked(const json& config, const CheckTools& tools,
                            const RunControl& control = {}) {
  const ScratchFolder folder;
  models::write_zip(folder / "sample.dtmodel", models::sample_entries(config));
  LATENT_TRY(const auto package, models::Package::open(folder / "sample.dtmodel"));
  return check_package(package, tools, control);
}

json graph_config() {
  auto config = sample_config();
  config["task"] = "depth";
  config["latent"]["networks"] = json::parse(R"({"model": {"file": "model.onnx", "kind": "graph_v1",
    "inputs": [{"name": "image", "type": "f32", "dims": [1, 3, 4, 4], "meaning": "RGB"}],
    "outputs": [{"name": "mask", "type": "f32", "dims": [1, 1, 4, 4], "meaning": "logits"}]}})");
  config["latent"]["golden"] = json::parse(R"([{"network": "model",
    "inputs": {"image": {"dims": [1, 3, 4, 4], "pattern": "weyl_v1", "low": 0, "high": 1}},
    "outputs": {"mask": {"dims": [1, 1, 4, 4], "indices": [3], "values": [0.5]}},
    "tolerance_f32": 1e-3, "tolerance_bf16": 0.2}])");
  return config;
}

TEST(ModelCheck, RunsTheGoldenTensorsOfEveryNetwork) {
  const auto tiles = checked(sample_config(), pretending(0.5F));
  ASSERT_TRUE(tiles) << tiles.error().sentence;
  EXPECT_EQ(tiles->goldens, 1);
  const auto graph = checked(graph_config(), pretending(0.5005F));
  ASSERT_TRUE(graph) << graph.error().sentence;
  EXPECT_EQ(graph->goldens, 1);
  EXPECT_EQ(graph->graphs, 1);
  EXPECT_NEAR(graph->worst, 0.0005, 1e-6);
}

TEST(ModelCheck, AWrongAnswerNamesTheTensor) {
  EXPECT_THAT(checked(graph_config(), pretending(0.7F)).error().sentence,
              HasSubstr("the golden output 'mask' of 'model' is off by 0.2"));
  EXPECT_THAT(
      checked(graph_config(), pretending(std::numeric_limits<float>::quiet_NaN())).error().sentence,
      HasSubstr("'mask' of 'model' holds a value that is not finite"));
  const auto tiles = checked(sample_config(), pretending(0.0F));
  ASSERT_FALSE(tiles);
  EXPECT_EQ(tiles.error().code, ErrorCode::ModelMismatch);
  EXPECT_THAT(tiles.error().sentence, HasSubstr("'cfa' does not give its golden answer"));
}

TEST(ModelCheck, AGraphIsHeldToItsManifestAndItsTask) {
  EXPECT_THAT(checked(graph_config(), pretending(0.5F, 1)).error().sentence,
              HasSubstr("'image' is f32 [1, 1, 4, 4] where config.json declares"));
  auto config = sample_config();
  config.erase("latent");
  config["task"] = "depth";
  const auto foreign = checked(config, pretending(0.5F));
  ASSERT_TRUE(foreign) << foreign.error().sentence;
  EXPECT_EQ(foreign->graphs, 1);
  EXPECT_EQ(foreign->goldens, 0);
  EXPECT_EQ(foreign->notices.size(), 1U);
  EXPECT_THAT(checked(config, pretending(0.5F, 1)).error().sentence, HasSubstr("1 channels"));
  config["task"] = "mask";
  EXPECT_THAT(checked(config, pretending(0.5F)).error().sentence,
              HasSubstr("the task 'mask' must hold encoder.onnx"));
}

TEST(ModelCheck, WithoutAnEngineItSaysThatNothingWasTried) {
  const auto report = checked(graph_config(), {});
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(report->notices.size(), 1U);
  EXPECT_EQ(report->goldens, 0);
}

TEST(ModelCheck, StopsWhenAskedTo) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(checked(graph_config(), pretending(0.5F), {stop.get_token(), {}}).error().code,
            ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::app
