// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tensor_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "infer/half.h"
#include "infer/onnx_graph.h"
#include "test_networks.h"

namespace latent::infer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

EngineRequest with(EngineKind engine) {
  EngineRequest request;
  request.engine = engine;
  request.device = "cpu";
  request.precision = Precision::F32;
  request.threads = 1;
  return request;
}

OnnxSource in_memory(const std::string& name) { return {read_bytes(made(name)), {}}; }

NamedTensor counted(std::string name, std::vector<std::int64_t> dims, float first, float step) {
  NamedTensor tensor{std::move(name), std::move(dims), {}};
  std::int64_t count = 1;
  for (const auto side : tensor.dims) count *= side;
  for (std::int64_t i = 0; i < count; ++i) {
    tensor.values.push_back(first + step * static_cast<float>(i));
  }
  return tensor;
}

class TensorSessionTest : public testing::TestWithParam<EngineKind> {
 protected:
  static std::vector<NamedTensor> inputs(std::int64_t height, std::int64_t width) {
    return {counted("flag", {1}, 0, 0), counted("image", {1, 3, height, width}, -1, 0.37F),
            counted("labels", {1, 4}, -1, 1)};
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, TensorSessionTest,
                         testing::Values(EngineKind::OpenVino, EngineKind::OnnxRuntime),
                         [](const auto& suite) { return std::string(engine_name(suite.param)); });

TEST_P(TensorSessionTest, TellsItsDoorsInTheOrderOfTheGraph) {
  const auto session = open_tensor_session(in_memory("doors.onnx"), with(GetParam()));
  ASSERT_TRUE(session) << session.error().sentence;
  const auto& in = (*session)->inputs();
  ASSERT_EQ(in.size(), 3U);  // "two" has an initialiser
  EXPECT_EQ(in[0].name, "image");
  EXPECT_EQ(in[0].type, "f32");
  EXPECT_THAT(in[0].dims, ElementsAre(-1, 3, -1, -1));
  EXPECT_THAT(in[0].symbols, ElementsAre("batch", "", "height", "width"));
  EXPECT_EQ(in[1].type, "i64");
  EXPECT_EQ(in[2].type, "bool");
  const auto& out = (*session)->outputs();
  ASSERT_EQ(out.size(), 4U);
  EXPECT_EQ(out[0].name, "next");
  EXPECT_EQ(out[2].type, "f16");
}

TEST_P(TensorSessionTest, RunsWithFreeSizesOneAfterTheOther) {
  const auto session = open_tensor_session({{}, made("doors.onnx")}, with(GetParam()));
  ASSERT_TRUE(session) << session.error().sentence;
  for (const std::int64_t side : {2, 5}) {
    const auto given = inputs(side, side + 1);
    const auto answers = (*session)->run(given);
    ASSERT_TRUE(answers) << answers.error().sentence;
    EXPECT_THAT((*answers)[0].values, ElementsAre(0, 1, 2, 3));
    EXPECT_THAT((*answers)[1].dims, ElementsAre(1, 3, side, side + 1));
    EXPECT_THAT((*answers)[3].values, ElementsAre(1));
    const auto& image = given[1].values;
    for (std::size_t i = 0; i < image.size(); ++i) {
      EXPECT_EQ((*answers)[1].values[i], 2 * image[i]);
      EXPECT_EQ((*answers)[2].values[i], float_of_half(half_of(image[i])));
    }
  }
}

TEST_P(TensorSessionTest, FixesSizesByTheirNames) {
  const auto session = open_tensor_session(in_memory("doors.onnx"), with(GetParam()),
                                           {{"batch", 1}, {"height", 4}, {"width", 6}});
  ASSERT_TRUE(session) << session.error().sentence;
  EXPECT_THAT((*session)->inputs()[0].dims, ElementsAre(1, 3, 4, 6));
  ASSERT_TRUE((*session)->run(inputs(4, 6)));
  const auto other = (*session)->run(inputs(4, 7));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::ModelMismatch);
  EXPECT_THAT(other.error().sentence,
              HasSubstr("'image' wants the shape [1, 3, 4, 6], not [1, 3, 4, 7]"));
}

TEST_P(TensorSessionTest, NamesWhatIsWrongWithAnInput) {
  const auto session = open_tensor_session(in_memory("doors.onnx"), with(GetParam()));
  ASSERT_TRUE(session) << session.error().sentence;
  const auto problem = [&](const std::vector<NamedTensor>& given) {
    const auto answers = (*session)->run(given);
    EXPECT_FALSE(answers);
    if (answers) return std::string();
    EXPECT_EQ(answers.error().code, ErrorCode::ModelMismatch);
    return answers.error().sentence;
  };
  auto given = inputs(2, 2);
  given.pop_back();
  EXPECT_THAT(problem(given), HasSubstr("'labels' is missing; the network wants i64 [1, count]"));
  given = inputs(2, 2);
  given[0].name = "flags";
  EXPECT_THAT(problem(given), HasSubstr("no input 'flags'; it has image, labels, flag"));
  given = inputs(2, 2);
  given[2].values[1] = 0.5F;
  EXPECT_THAT(problem(given), HasSubstr("'labels' wants i64, which does not hold"));
  given = inputs(2, 2);
  given[2].dims = {1, 3};
  EXPECT_THAT(problem(given), HasSubstr("'labels' has 4 values"));
  given = inputs(2, 2);
  given.push_back(given[0]);
  EXPECT_THAT(problem(given), HasSubstr("given twice"));
}

TEST_P(TensorSessionTest, RefusesWhatIsNoNetwork) {
  for (const std::string& text :
       {std::string("not an onnx at all"), std::string("\x3a\xff\xff\xff\x7f", 5)}) {
    OnnxSource source;
    for (const char letter : text) source.bytes.push_back(static_cast<std::byte>(letter));
    const auto session = open_tensor_session(source, with(GetParam()));
    ASSERT_FALSE(session);
    EXPECT_EQ(session.error().code, ErrorCode::ModelMismatch);
  }
  auto cut = in_memory("doors.onnx");
  cut.bytes.resize(cut.bytes.size() / 2);
  EXPECT_FALSE(open_tensor_session(cut, with(GetParam())));
  EXPECT_FALSE(open_tensor_session({{}, made("no_such.onnx")}, with(GetParam())));
}

/// What the network "slow" makes of noise, long enough to be stopped while it runs.
std::vector<NamedTensor> slow_input(std::int64_t side) {
  return {counted("planes", {1, 4, side, side}, 0, 1e-6F)};
}

TEST_P(TensorSessionTest, IsStoppedWhileItRuns) {
  const auto session = open_tensor_session(in_memory("slow.onnx"), with(GetParam()));
  ASSERT_TRUE(session) << session.error().sentence;
  const auto input = slow_input(128);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE((*session)->run(input));
  const auto whole = std::chrono::steady_clock::now() - begin;
  std::jthread stops([&] {
    std::this_thread::sleep_for(whole / 10);
    (*session)->cancel();
  });
  const auto again = std::chrono::steady_clock::now();
  const auto stopped = (*session)->run(input);
  EXPECT_LT(std::chrono::steady_clock::now() - again, whole * 3 / 4);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
  EXPECT_EQ((*session)->run(input).error().code, ErrorCode::Cancelled);
  (*session)->resume();
  EXPECT_TRUE((*session)->run(input)) << "not of use again";
}

TEST_P(TensorSessionTest, OneEncodesWhileAnotherDecodes) {
  const auto encoder = open_tensor_session(in_memory("slow.onnx"), with(GetParam()));
  const auto decoder = open_tensor_session(in_memory("doors.onnx"), with(GetParam()));
  ASSERT_TRUE(encoder && decoder);
  const auto input = slow_input(96);
  const auto alone = (*encoder)->run(input);
  ASSERT_TRUE(alone);
  std::atomic<bool> encoding = true;
  std::jthread background([&] {
    for (int i = 0; i < 3; ++i) {
      const auto answers = (*encoder)->run(input);
      EXPECT_TRUE(answers && answers->front().values == alone->front().values);
    }
    encoding = false;
  });
  int decoded = 0;
  while (encoding) {
    const auto answers = (*decoder)->run(inputs(2, 3));
    ASSERT_TRUE(answers) << answers.error().sentence;
    ASSERT_THAT((*answers)[0].values, ElementsAre(0, 1, 2, 3));
    ++decoded;
  }
  EXPECT_GT(decoded, 0);
}

/// A picture session over a graph whose second input became a constant.
TEST_P(TensorSessionTest, AConstantTakesThePlaceOfAnInput) {
  for (const std::string name : {"told", "told_half"}) {
    models::Network network = tiny_network(name);
    const std::string type = name == "told" ? "f32" : "f16";
    network.onnx = with_constant_input(network.onnx, "level", {1, 1, 16, 24}, type, 0.25F);
    network.sha256 = sha256_hex(network.onnx);
    const auto ports = read_graph_ports(network.onnx);
    ASSERT_TRUE(ports);
    ASSERT_EQ(ports->inputs.size(), 1U);
    const auto session = create_session(network, {48, 32}, with(GetParam()));
    ASSERT_TRUE(session) << session.error().sentence;
    const Tensor input = noise((*session)->input_shape());
    auto output = Tensor::create((*session)->output_shape());
    ASSERT_TRUE((*session)->run(input.view(), output->view()));
    for (std::size_t i = 0; i < input.shape().count(); ++i) {
      const float in = input.view().data[i];
      const float right =
          type == "f32" ? in + 0.25F : float_of_half(half_of(float_of_half(half_of(in)) + 0.25F));
      ASSERT_NEAR(output->view().data[i], right, type == "f32" ? 0 : 1e-3) << name << i;
    }
  }
}

TEST(HalfTest, RoundsToNearestEven) {
  EXPECT_EQ(half_of(1.0F), 0x3C00);
  EXPECT_EQ(half_of(1.0F + 1.0F / 2048), 0x3C00);  // a tie, to even
  EXPECT_EQ(half_of(1.0F + 3.0F / 2048), 0x3C02);  // a tie, to even
  EXPECT_EQ(half_of(65519.0F), 0x7BFF);
  EXPECT_EQ(half_of(65520.0F), 0x7C00);
  EXPECT_EQ(half_of(-0.0F), 0x8000);
  EXPECT_EQ(half_of(std::ldexp(1.0F, -24)), 0x0001);
  EXPECT_EQ(half_of(std::ldexp(1.0F, -25)), 0x0000);
  EXPECT_EQ(half_of(std::ldexp(3.0F, -25)), 0x0002);
  EXPECT_TRUE(std::isnan(float_of_half(half_of(NAN))));
  for (std::uint32_t bits = 0; bits < 0x7C00; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    ASSERT_EQ(half_of(float_of_half(half)), half);
  }
}

}  // namespace
}  // namespace latent::infer
