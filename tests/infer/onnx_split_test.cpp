// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnx_split.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "infer/onnx_edit.h"
#include "infer/tensor_session.h"
#include "test_networks.h"

namespace latent::infer {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::set<std::string> kStays{"picture"};

std::optional<OnnxSplit> split_of(const std::string& name,
                                  const std::set<std::string>& stays = kStays) {
  auto split = split_onnx(read_bytes(made(name + ".onnx")), stays);
  EXPECT_TRUE(split) << split.error().sentence;
  return split ? *std::move(split) : std::nullopt;
}

NamedTensor random_tensor(const std::string& name, std::vector<std::int64_t> dims, unsigned seed) {
  std::size_t count = 1;
  for (const std::int64_t side : dims) count *= static_cast<std::size_t>(side);
  const Tensor values = noise({1, 1, 1, static_cast<int>(count)}, seed);
  const float* data = values.view().data;
  return {name, std::move(dims), {data, data + count}};
}

std::vector<NamedTensor> run(const std::vector<std::byte>& graph, EngineKind engine,
                             const std::vector<NamedTensor>& inputs) {
  EngineRequest request;
  request.engine = engine;
  request.device = "cpu";
  request.precision = Precision::F32;
  OnnxSource source;
  source.bytes = graph;
  const auto session = open_tensor_session(source, request);
  EXPECT_TRUE(session) << session.error().sentence;
  if (!session) return {};
  auto found = (*session)->run(inputs);
  EXPECT_TRUE(found) << found.error().sentence;
  return found ? *std::move(found) : std::vector<NamedTensor>{};
}

TEST(OnnxSplit, BothPartsGiveWhatTheWholeGives) {
  const auto split = split_of("split");
  ASSERT_TRUE(split);
  // The last that hangs on the picture alone; and its level, which the rest mixes too.
  EXPECT_THAT(split->carried, testing::UnorderedElementsAre("known", "level"));
  EXPECT_THAT(split->fixed, testing::IsEmpty());
  const auto engines = {EngineKind::OpenVino, EngineKind::OnnxRuntime};
  for (const EngineKind engine : engines) {
    const NamedTensor picture = random_tensor("picture", {1, 4, 8, 12}, 3);
    const auto carried = run(split->once, engine, {picture});
    ASSERT_THAT(carried, SizeIs(2));
    std::vector<std::vector<std::int64_t>> sizes;
    std::vector<NamedTensor> inputs;
    for (const std::string& name : split->carried) {
      const auto found = std::ranges::find(carried, name, &NamedTensor::name);
      ASSERT_NE(found, carried.end());
      sizes.push_back(found->dims);
      inputs.push_back(*found);
    }
    const auto each = split->each(sizes);
    ASSERT_TRUE(each) << each.error().sentence;
    for (const std::int64_t count : {1, 5}) {
      const NamedTensor question =
          random_tensor("question", {1, count}, static_cast<unsigned>(count));
      auto given = inputs;
      given.push_back(question);
      const auto parts = run(*each, engine, given);
      const auto whole = run(split->whole, engine, {picture, question});
      ASSERT_THAT(parts, SizeIs(1));
      ASSERT_THAT(whole, SizeIs(1));
      EXPECT_EQ(parts[0].name, "mask");
      ASSERT_EQ(parts[0].dims, whole[0].dims);
      for (std::size_t i = 0; i < whole[0].values.size(); ++i) {
        ASSERT_NEAR(parts[0].values[i], whole[0].values[i], 1e-5F);
      }
    }
  }
}

TEST(OnnxSplit, NoWorkIsDoneTwice) {
  const auto split = split_of("split");
  ASSERT_TRUE(split);
  const auto each = split->each({{1, 96, 2}, {1}});
  ASSERT_TRUE(each) << each.error().sentence;
  const auto rest = OnnxDocument::read(*each);
  const auto once = OnnxDocument::read(split->once);
  ASSERT_TRUE(rest && once);
  for (const OnnxNode& node : rest->nodes) {
    EXPECT_FALSE(node.is("Conv") || node.is("MatMul") || node.is("Relu")) << node.kind;
  }
  EXPECT_EQ(rest->constant("weights"), nullptr);
  EXPECT_NE(once->constant("weights"), nullptr);
  EXPECT_THAT(once->inputs, ElementsAre("picture"));
  EXPECT_THAT(rest->inputs, testing::UnorderedElementsAre("question", "known", "level"));
}

TEST(OnnxSplit, NothingIsSplitWhereNothingIsGained) {
  EXPECT_FALSE(split_of("split_little"));
  EXPECT_FALSE(split_of("split_nothing"));
  EXPECT_FALSE(split_of("split_random"));
  EXPECT_FALSE(split_of("split", {"question"}));
  EXPECT_FALSE(split_of("split", {}));
  // All stays: there is no question, and the result would be no part of the rest.
  EXPECT_FALSE(split_of("split", {"picture", "question"}));
  EXPECT_FALSE(split_of("told_half", {"planes"}));
}

TEST(OnnxSplit, WhatIsNoGraphIsRefused) {
  auto bytes = read_bytes(made("split.onnx"));
  bytes.resize(bytes.size() / 2);
  const auto split = split_onnx(bytes, kStays);
  ASSERT_FALSE(split);
  EXPECT_EQ(split.error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace latent::infer
