// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/quantise.h"

#include <gmock/gmock.h>

#include <set>

#include "infer/onnx_edit.h"
#include "infer/onnx_graph.h"
#include "test_networks.h"

namespace latent::infer {
namespace {

using testing::HasSubstr;

constexpr Size kTile{64, 48};

std::vector<Tensor> tiles(float scale = 1) {
  std::vector<Tensor> made;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    made.push_back(noise({1, 4, kTile.height / 2, kTile.width / 2}, seed));
    for (std::size_t i = 0; i < made.back().shape().count(); ++i) {
      made.back().view().data[i] *= scale;
    }
  }
  return made;
}

EngineRequest on_processor(Precision precision = Precision::F32) {
  EngineRequest request;
  request.device = "cpu";
  request.precision = precision;
  return request;
}

std::vector<float> answer_of(const models::Network& network, const Tensor& tile,
                             const EngineRequest& request) {
  const auto session = create_session(network, kTile, request);
  EXPECT_TRUE(session) << session.error().sentence;
  if (!session) return {};
  auto answer = Tensor::create((*session)->output_shape());
  EXPECT_TRUE((*session)->run(tile.view(), answer->view()));
  return {answer->view().data, answer->view().data + answer->shape().count()};
}

double rms_between(const std::vector<float>& a, const std::vector<float>& b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += std::pow(double{a[i]} - double{b[i]}, 2);
  return std::sqrt(squares / static_cast<double>(a.size()));
}

double rms_of(const std::vector<float>& a) {
  return rms_between(a, std::vector<float>(a.size(), 0.0F));
}

TEST(OnnxEdit, WhatIsNotChangedComputesTheSame) {
  auto network = tiny_network("chain");
  const Tensor tile = noise({1, 4, kTile.height / 2, kTile.width / 2});
  const auto before = answer_of(network, tile, on_processor());
  const auto document = OnnxDocument::read(network.onnx);
  ASSERT_TRUE(document) << document.error().sentence;
  EXPECT_EQ(document->operator_set, 17);
  EXPECT_EQ(document->nodes.size(), 10U);
  EXPECT_EQ(document->inputs, std::vector<std::string>{"planes"});
  network.onnx = document->write();
  EXPECT_EQ(answer_of(network, tile, on_processor()), before);
}

TEST(OnnxEdit, ReadsWeightsBehindOtherTypes) {
  const auto document = OnnxDocument::read(tiny_network("chain").onnx);
  ASSERT_TRUE(document);
  const OnnxConstant* half = document->constant("w2.half");
  ASSERT_NE(half, nullptr);
  EXPECT_EQ(half->dims, (std::vector<std::int64_t>{16, 16, 3, 3}));
  const auto values = half->floats();
  ASSERT_TRUE(values);
  EXPECT_EQ(values->size(), 2304U);
  ASSERT_NE(document->maker_of("w2"), nullptr);
  EXPECT_EQ(document->maker_of("w2")->integer("to"), 1);
  EXPECT_EQ(document->maker_of("w2")->integer("axis"), std::nullopt);
}

TEST(Quantise, RoundsAllButTheFirstAndTheLast) {
  const auto network = tiny_network("chain");
  const auto found = calibrate(network, tiles(), on_processor(), {});
  ASSERT_TRUE(found) << found.error().sentence;
  std::vector<std::string> outputs;
  for (const auto& one : found->convolutions) outputs.push_back(one.output);
  EXPECT_EQ(outputs, (std::vector<std::string>{"conv1", "conv2", "conv3"}));
  EXPECT_NEAR(found->convolutions[0].work, 256.0 / (3 * 256 + 2 * 64), 1e-6);
  EXPECT_FALSE(found->steps.at("relu0").has_signs);

  const auto rounded = rounded_network(network.onnx, *found, {"conv3"});
  ASSERT_TRUE(rounded) << rounded.error().sentence;
  const auto document = OnnxDocument::read(*rounded);
  ASSERT_TRUE(document);
  int quantised = 0;
  for (const OnnxNode& node : document->nodes) quantised += node.is("QuantizeLinear") ? 1 : 0;
  EXPECT_EQ(quantised, 2);
  EXPECT_EQ(document->constant("w2.half"), nullptr)
      << "float weights that nobody uses are left out";
  EXPECT_EQ(document->maker_of("w2"), nullptr);
  EXPECT_NE(document->constant("w3"), nullptr);
  EXPECT_LT(rounded->size(), network.onnx.size());
}

TEST(Quantise, BothEnginesComputeItAndAreNearFloat) {
  auto network = tiny_network("chain");
  const auto found = calibrate(network, tiles(), on_processor(), {});
  ASSERT_TRUE(found) << found.error().sentence;
  const auto rounded = rounded_network(network.onnx, *found, {});
  ASSERT_TRUE(rounded);
  network.int8 = models::Int8Network{*rounded, sha256_hex(*rounded), {}};
  network.spec.int8.emplace();
  const Tensor tile = noise({1, 4, kTile.height / 2, kTile.width / 2}, 9);
  const auto truth = answer_of(network, tile, on_processor());
  const auto answer = answer_of(network, tile, on_processor(Precision::Int8));
  EXPECT_NE(answer, truth);
  EXPECT_LT(rms_between(answer, truth), 0.03 * rms_of(truth));
  EngineRequest other = on_processor(Precision::Int8);
  other.engine = EngineKind::OnnxRuntime;
  const auto there = create_session(network, kTile, other);
  if (!there && there.error().code == ErrorCode::NotFound) GTEST_SKIP() << "no ONNX Runtime here";
  EXPECT_LT(rms_between(answer_of(network, tile, other), truth), 0.03 * rms_of(truth));
}

TEST(Quantise, AnOlderOperatorSetIsRaisedWhereThatChangesNothing) {
  auto network = tiny_network("chain_old");
  const auto found = calibrate(network, tiles(), on_processor(), {});
  ASSERT_TRUE(found) << found.error().sentence;
  const auto rounded = rounded_network(network.onnx, *found, {});
  ASSERT_TRUE(rounded);
  EXPECT_EQ(OnnxDocument::read(*rounded)->operator_set, 13);
}

TEST(Quantise, RefusesWithASentenceWhatCannotBeRounded) {
  const auto problem = [](const char* name, float scale = 1) {
    const auto found = calibrate(tiny_network(name), tiles(scale), on_processor(), {});
    return found ? std::string("taken") : found.error().sentence;
  };
  EXPECT_THAT(problem("half"), HasSubstr("has no convolution"));
  EXPECT_THAT(problem("blur"), HasSubstr("has no convolution"));  // its only one is the first
  EXPECT_THAT(problem("chain_rounded"), HasSubstr("in 8-bit integers already"));
  EXPECT_THAT(problem("chain_nan", 2), HasSubstr("not finite"));
  EXPECT_EQ(problem("chain_nan", 0.2F), "taken");
}

TEST(Quantise, StopsWhenAskedTo) {
  std::stop_source stop;
  stop.request_stop();
  const auto found =
      calibrate(tiny_network("chain"), tiles(), on_processor(), {stop.get_token(), {}});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::infer
