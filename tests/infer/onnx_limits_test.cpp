// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnx_limits.h"

#include <gmock/gmock.h>

#include <chrono>

#include "infer/ort_library.h"
#include "infer/tensor_session.h"
#include "test_networks.h"

namespace latent::infer {
namespace {

using testing::HasSubstr;

std::vector<std::byte> network(const std::string& name) { return read_bytes(made(name + ".onnx")); }

struct Refusal {
  const char* name;
  ErrorCode code;
  const char* words;
};

class Refused : public testing::TestWithParam<Refusal> {};

INSTANTIATE_TEST_SUITE_P(
    Each, Refused,
    testing::Values(Refusal{"outside", ErrorCode::Unsupported, "external data"},
                    Refusal{"outside_attribute", ErrorCode::Unsupported, "external data"},
                    Refusal{"outside_branch", ErrorCode::Unsupported, "external data"},
                    Refusal{"outside_function", ErrorCode::Unsupported, "external data"},
                    Refusal{"outside_sparse", ErrorCode::Unsupported, "external data"},
                    Refusal{"outside_sparse_attribute", ErrorCode::Unsupported, "external data"},
                    Refusal{"loop", ErrorCode::Unsupported, "an operator 'Loop' that repeats"},
                    Refusal{"scan", ErrorCode::Unsupported, "an operator 'Scan' that repeats"},
                    Refusal{"sequencemap", ErrorCode::Unsupported, "'SequenceMap' that repeats"},
                    Refusal{"recursion", ErrorCode::Unsupported, "call themselves"},
                    Refusal{"explosion", ErrorCode::TooLarge, "more than 30000 operators"},
                    Refusal{"many", ErrorCode::TooLarge, "more than 30000 operators"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(Refused, BeforeAnEngineGetsIt) {
  const Refusal& refusal = GetParam();
  const auto judged = judge_onnx(network(refusal.name));
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().code, refusal.code);
  EXPECT_THAT(judged.error().sentence, HasSubstr(refusal.words));
}

TEST_P(Refused, ByTileSessionsAndTensorSessionsOfEveryEngine) {
  for (const EngineKind engine : {EngineKind::OpenVino, EngineKind::OnnxRuntime}) {
    if (engine == EngineKind::OnnxRuntime && !find_ort_library({})) continue;
    EngineRequest request;
    request.engine = engine;
    request.device = "cpu";
    request.precision = Precision::F32;
    const auto tiles = create_session(tiny_network(GetParam().name), {64, 48}, request);
    ASSERT_FALSE(tiles);
    EXPECT_EQ(tiles.error().code, GetParam().code);
    EXPECT_THAT(tiles.error().sentence, HasSubstr(GetParam().words));
    for (const OnnxSource& source :
         {OnnxSource{network(GetParam().name), {}},
          OnnxSource{{}, made(std::string(GetParam().name) + ".onnx")}}) {
      const auto tensors = open_tensor_session(source, request);
      ASSERT_FALSE(tensors);
      EXPECT_EQ(tensors.error().code, GetParam().code);
      EXPECT_THAT(tensors.error().sentence, HasSubstr(GetParam().words));
    }
  }
}

TEST(OnnxLimits, WhatNetworksForPhotographsAreMadeOfPasses) {
  for (const char* name : {"half", "blur", "slow", "up4", "doors", "told_half", "branch"}) {
    const auto judged = judge_onnx(network(name));
    EXPECT_TRUE(judged) << name << ": " << judged.error().sentence;
  }
}

TEST(OnnxLimits, ABranchRunsInBothEngines) {
  for (const EngineKind engine : {EngineKind::OpenVino, EngineKind::OnnxRuntime}) {
    if (engine == EngineKind::OnnxRuntime && !find_ort_library({})) continue;
    EngineRequest request;
    request.engine = engine;
    request.device = "cpu";
    request.precision = Precision::F32;
    const auto session = open_tensor_session({network("branch"), {}}, request);
    ASSERT_TRUE(session) << session.error().sentence;
    const auto answers = (*session)->run({{"planes", {1, 4, 1, 1}, {1, 2, 3, 4}}});
    ASSERT_TRUE(answers) << answers.error().sentence;
    EXPECT_THAT(answers->front().values, testing::ElementsAre(0.5F, 1.0F, 1.5F, 2.0F));
  }
}

TEST(OnnxLimits, AreJudgedInAMomentHoweverMuchWouldBeWrittenOut) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(judge_onnx(network("explosion")));  // ten to the tenth operators
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(OnnxLimits, LimitsCanBeOthers) {
  EXPECT_FALSE(judge_onnx(network("slow"), {.max_parts = 36}));  // 34 operators, 3 constants
  EXPECT_TRUE(judge_onnx(network("slow"), {.max_parts = 37}));
  EXPECT_FALSE(judge_onnx(network("branch"), {.max_depth = 0}));
  const auto large = judge_onnx(network("slow"), {.max_bytes = 1000});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::TooLarge);
}

TEST(OnnxLimits, DamagedBytesAreNoNetwork) {
  const auto whole = network("branch");
  int damaged = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto judged = judge_onnx(std::span(whole).first(size));
    if (judged) continue;
    EXPECT_EQ(judged.error().code, ErrorCode::Corrupt);
    ++damaged;
  }
  EXPECT_GT(damaged, static_cast<int>(whole.size() / 2));
}

}  // namespace
}  // namespace latent::infer
