// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tensor_proof.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <limits>

namespace latent::infer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum class Lie { None, Wrong, NotANumber, OtherShape, Refuses };

/// A device of our own making: half of what it is given, or a lie.
class LyingTensors final : public TensorSession {
 public:
  LyingTensors(const EngineRequest& request, Lie lie) : lie_(lie) {
    info_.device = request.device == "auto" ? "cpu" : request.device;
    info_.device_name = "made up";
    info_.engine_version = "1";
    info_.precision = request.precision == Precision::Auto ? Precision::Bf16 : request.precision;
  }
  const std::vector<TensorPort>& inputs() const override { return ports_; }
  const std::vector<TensorPort>& outputs() const override { return ports_; }
  const SessionInfo& info() const override { return info_; }
  void cancel() override {}
  void resume() override {}

  Result<std::vector<NamedTensor>> run(const std::vector<NamedTensor>& given) override {
    if (lie_ == Lie::Refuses) return fail(ErrorCode::Device, "the driver is gone");
    std::vector<NamedTensor> answers;
    for (const NamedTensor& input : given) {
      NamedTensor answer{"half of " + input.name, input.dims, {}};
      for (const float value : input.values) answer.values.push_back(value * 0.5F);
      answers.push_back(std::move(answer));
    }
    if (lie_ == Lie::Wrong) answers.back().values.back() += 0.2F;
    if (lie_ == Lie::NotANumber) {
      answers.front().values.front() = std::numeric_limits<float>::quiet_NaN();
    }
    if (lie_ == Lie::OtherShape) answers.front().dims.push_back(1);
    return answers;
  }

 private:
  SessionInfo info_;
  Lie lie_;
  std::vector<TensorPort> ports_;
};

struct Factory {
  Lie on_gpu = Lie::None;
  Lie in_low = Lie::None;
  Lie in_f32 = Lie::None;
  std::vector<std::string> made = {};

  TensorSessionFactory function() {
    return [this](const OnnxSource&, const EngineRequest& request,
                  const auto&) -> Result<std::unique_ptr<TensorSession>> {
      if (request.device == "npu") return fail(ErrorCode::NotFound, "there is no npu");
      const Lie lie = request.device == "gpu"               ? on_gpu
                      : request.precision == Precision::F32 ? in_f32
                                                            : in_low;
      made.push_back(request.device + " " + precision_name(request.precision));
      return std::make_unique<LyingTensors>(request, lie);
    };
  }
};

OnnxSource graph() { return {{std::byte{1}, std::byte{2}}, {}}; }

TensorProbe probe() { return {{{"a", {1, 3}, {1, 2, 3}}, {"b", {2}, {-1, 0.5F}}}}; }

EngineRequest asked(std::string device, Precision precision = Precision::F32) {
  EngineRequest request;
  request.device = std::move(device);
  request.precision = precision;
  return request;
}

Result<ProvedTensorSession> prove(Factory& factory, const EngineRequest& request) {
  return open_proved_tensor_session(graph(), request, {}, probe(), factory.function());
}

TEST(TensorProof, Float32OnTheProcessorIsTakenAtItsWord) {
  Factory factory;
  const auto proved = prove(factory, asked("cpu"));
  ASSERT_TRUE(proved);
  EXPECT_FALSE(proved->verdict.measured);
  EXPECT_THAT(factory.made, ElementsAre("cpu f32"));
}

TEST(TensorProof, ADeviceThatAgreesIsUsed) {
  Factory factory;
  const auto proved = prove(factory, asked("gpu"));
  ASSERT_TRUE(proved);
  EXPECT_EQ(proved->session->info().device, "gpu");
  EXPECT_TRUE(proved->verdict.measured);
  EXPECT_THAT(proved->notices, IsEmpty());
}

TEST(TensorProof, ADeviceThatLiesIsLeftForTheProcessorWithANotice) {
  for (const Lie lie : {Lie::Wrong, Lie::NotANumber, Lie::OtherShape, Lie::Refuses}) {
    Factory factory{.on_gpu = lie};
    const auto proved = prove(factory, asked("gpu"));
    ASSERT_TRUE(proved);
    EXPECT_EQ(proved->session->info().device, "cpu");
    EXPECT_THAT(proved->notices, ElementsAre(HasSubstr("on gpu in f32 is not used")));
  }
}

TEST(TensorProof, LowPrecisionOnTheProcessorIsProvedToo) {
  Factory factory{.in_low = Lie::Wrong};
  const auto proved = prove(factory, asked("auto", Precision::Auto));
  ASSERT_TRUE(proved);
  EXPECT_EQ(proved->session->info().precision, Precision::F32);
  EXPECT_THAT(proved->notices, ElementsAre(HasSubstr("in bf16 is not used")));
}

TEST(TensorProof, AVerdictIsKeptForTheNextTime) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "latent_tensor_verdicts";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  EngineRequest request = asked("gpu");
  request.cache_dir = folder;
  Factory first;
  ASSERT_TRUE(prove(first, request));
  EXPECT_THAT(first.made, ElementsAre("gpu f32", "cpu f32"));
  Factory second;
  const auto again = prove(second, request);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->verdict.cached);
  EXPECT_THAT(second.made, ElementsAre("gpu f32"));
  // Other sizes are another question.
  Factory third;
  ASSERT_TRUE(open_proved_tensor_session(graph(), request, {{"n", 2}}, probe(), third.function()));
  EXPECT_THAT(third.made, ElementsAre("gpu f32", "cpu f32"));
}

TEST(TensorProof, WhatIsNotFiniteEvenOnTheProcessorIsAnError) {
  Factory factory{.in_f32 = Lie::NotANumber};
  const auto proved = prove(factory, asked("gpu"));
  ASSERT_FALSE(proved);
  EXPECT_EQ(proved.error().code, ErrorCode::Device);
  EXPECT_THAT(proved.error().sentence, HasSubstr("not finite even in float32"));
}

TEST(TensorProof, ADeviceThatIsNotThereIsAnErrorWhereItWasAskedForByName) {
  Factory factory;
  const auto proved = prove(factory, asked("npu"));
  ASSERT_FALSE(proved);
  EXPECT_EQ(proved.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace latent::infer
