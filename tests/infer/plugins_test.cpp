// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <onnxruntime_c_api.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "infer/devices.h"
#include "infer/ort_library.h"
#include "infer/ort_plugin.h"
#include "infer/ort_plugin_api.h"
#include "infer/proof.h"
#include "infer/tensor_session.h"
#include "plugin_fixture.h"

namespace latent::infer {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST_F(Plugins, FunctionsAreFoundAtTheirPlaces) {
  const auto library = load_ort_library({});
  const OrtPluginApi functions = plugin_functions(*library->plugin_api);
  OrtKeyValuePairs* pairs = nullptr;
  functions.create_pairs(&pairs);
  ASSERT_NE(pairs, nullptr);
  functions.add_pair(pairs, "light", "is kept");
  ASSERT_NE(functions.pair_of(pairs, "light"), nullptr);
  EXPECT_STREQ(functions.pair_of(pairs, "light"), "is kept");
  EXPECT_EQ(functions.pair_of(pairs, "noise"), nullptr);
  functions.release_pairs(pairs);

  // The processor, which every ONNX Runtime has.
  OrtEnv* env = nullptr;
  ASSERT_EQ(library->plugin_api->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "test", &env), nullptr);
  const OrtEpDevice* const* devices = nullptr;
  std::size_t count = 0;
  ASSERT_EQ(functions.devices(env, &devices, &count), nullptr);
  ASSERT_GE(count, 1U);
  EXPECT_STREQ(functions.provider_name(devices[0]), "CPUExecutionProvider");
  EXPECT_EQ(functions.hardware_kind(functions.hardware(devices[0])), 0);
  EXPECT_NE(functions.hardware_vendor(functions.hardware(devices[0])), nullptr);
  EXPECT_EQ(functions.pair_of(functions.provider_facts(devices[0]), "version"), library->version);
  library->plugin_api->ReleaseEnv(env);
}

TEST(PluginWords, AreLowerCaseLettersDigitsAndHyphens) {
  EXPECT_EQ(plugin_word("WebGpuExecutionProvider", "gpu"), "webgpu.gpu");
  EXPECT_EQ(plugin_word("OpenVINOExecutionProvider.AUTO", "npu"), "openvino-auto.npu");
  EXPECT_EQ(plugin_word("NvTensorRTRTXExecutionProvider", "gpu"), "nvtensorrtrtx.gpu");
  EXPECT_EQ(plugin_word("\xC3\xA9(!)", "cpu"), "plugin.cpu");
  EXPECT_EQ(plugin_word("ExecutionProvider", "cpu"), "plugin.cpu");
  EXPECT_THAT(plugin_word(std::string(500, 'a'), "cpu"), SizeIs(44));
}

TEST(PluginWords, OfARefusalAreTheLastOnes) {
  EXPECT_EQ(
      plugin_refusal("This session contains graph nodes that are assigned to the default CPU "
                     "EP, but fallback to CPU EP has been explicitly disabled by the user."),
      "the plug-in cannot run this network: it lacks an operator of it, or refuses its sizes");
  EXPECT_EQ(plugin_refusal("/src/provider.cc:71 CreateProvider(const A&) Error creating execution "
                           "provider: [ONNXRuntimeError] : 11 : EP_FAIL : /src/context.cc:136 "
                           "Initialize(const B&) status == Success was false. Failed to get a "
                           "WebGPU adapter: No supported adapters\n"),
            "the plug-in cannot run this network: Failed to get a WebGPU adapter: No supported "
            "adapters");
  EXPECT_EQ(plugin_refusal("the driver is gone"),
            "the plug-in cannot run this network: the driver is gone");
  EXPECT_EQ(plugin_refusal(""), "the plug-in cannot run this network: ");
}

TEST_F(Plugins, AreListedWithWhatTheyOffer) {
  const Inventory inventory = list_devices(on("None"));
  ASSERT_THAT(inventory.plugins, SizeIs(1));
  EXPECT_TRUE(inventory.plugins[0].usable) << inventory.plugins[0].problem;
  const DeviceFacts& device = inventory.devices.back();
  EXPECT_EQ(device.device, "latenttest.cpu");
  EXPECT_EQ(device.engine, EngineKind::OnnxRuntime);
  EXPECT_THAT(device.name, HasSubstr("by LatentTestExecutionProvider"));
  EXPECT_THAT(device.driver, AllOf(HasSubstr("LatentTestExecutionProvider 1.2.3"),
                                   HasSubstr(sha256_file(plugin("None"))->substr(0, 16))));
}

TEST_F(Plugins, OneAfterTheOtherIsAskedForADevice) {
  auto request = on("NoDevice");
  request.ort_plugins.push_back(plugin("CrashesLoading"));
  request.ort_plugins.push_back(plugin("None"));
  request.device = "latenttest";  // the first of its devices
  const auto session = create_session(half_network(), kTile, request);
  ASSERT_TRUE(session) << session.error().sentence;
  EXPECT_EQ((*session)->info().device, "latenttest.cpu");
  request.device = "toaster";
  const auto none = create_session(half_network(), kTile, request);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::NotFound);
}

TEST_F(Plugins, AreNamedByTheEnvironmentToo) {
  ::setenv("LATENT_ORT_PLUGINS",
           (":" + plugin("NoDevice").string() + "::" + plugin("None").string()).c_str(), 1);
  const Inventory inventory = list_devices({});
  ::unsetenv("LATENT_ORT_PLUGINS");
  ASSERT_THAT(inventory.plugins, SizeIs(2));
  EXPECT_FALSE(inventory.plugins[0].usable);
  EXPECT_TRUE(inventory.plugins[1].usable) << inventory.plugins[1].problem;
}

TEST_F(Plugins, AreProvedTimedAndRemembered) {
  const fs::path cache = fs::path(testing::TempDir()) / "plugins_cache";
  fs::remove_all(cache);
  auto request = on("None");
  request.cache_dir = cache;
  const auto first = open_proved_session(half_network(), kTile, request);
  ASSERT_TRUE(first) << first.error().sentence;
  EXPECT_THAT(first->notices, testing::IsEmpty());
  EXPECT_EQ(first->session->info().device, "latenttest.cpu");
  EXPECT_TRUE(first->verdict.passed);
  EXPECT_TRUE(first->verdict.measured);
  EXPECT_GT(first->verdict.seconds_per_megapixel, 0);
  EXPECT_FALSE(first->verdict.cached);
  const auto second = open_proved_session(half_network(), kTile, request);
  ASSERT_TRUE(second) << second.error().sentence;
  EXPECT_TRUE(second->verdict.cached);

  // A plug-in of other bytes is another device.
  const fs::path other = cache / "other.so";
  fs::copy_file(plugin("None"), other);
  std::ofstream(other, std::ios::app) << "x";
  request.ort_plugins = {other};
  const auto third = open_proved_session(half_network(), kTile, request);
  ASSERT_TRUE(third) << third.error().sentence;
  EXPECT_FALSE(third->verdict.cached);
}

TEST_F(Plugins, GiveTheSameNumbersAsTheirDevice) {
  const auto session = create_session(half_network(), kTile, on("None"));
  ASSERT_TRUE(session) << session.error().sentence;
  const TensorShape shape = (*session)->input_shape();
  const Tensor first = noise(shape, 1);
  const Tensor second = noise(shape, 2);
  auto first_out = Tensor::create(shape);
  auto second_out = Tensor::create(shape);
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE((*session)->start(0, first.view(), first_out->view()));
    ASSERT_TRUE((*session)->start(1, second.view(), second_out->view()));
    ASSERT_TRUE((*session)->wait(1));
    ASSERT_TRUE((*session)->wait(0));
    for (std::size_t i = 0; i < shape.count(); ++i) {
      ASSERT_EQ(first_out->view().data[i], first.view().data[i] / 2);
      ASSERT_EQ(second_out->view().data[i], second.view().data[i] / 2);
    }
  }
}

/// 4 megapixels are 17 MB there and 17 MB back; the network itself only halves them.
TEST_F(Plugins, CostLittleForTheWayThereAndBack) {
  constexpr Size kLarge{2048, 2048};
  const auto session = create_session(half_network(), kLarge, on("None"));
  ASSERT_TRUE(session) << session.error().sentence;
  const Tensor input = noise((*session)->input_shape());
  auto output = Tensor::create((*session)->output_shape());
  double best = 1e9;
  for (int run = 0; run < 5; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE((*session)->run(input.view(), output->view()));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count());
  }
  RecordProperty("milliseconds_per_megapixel", std::to_string(1000 * best / 4.19));
  std::cout << "the way there and back: " << 1000 * best / 4.19 << " ms a megapixel\n";
  EXPECT_EQ(output->view().data[12345], input.view().data[12345] / 2);
  EXPECT_LT(best, 2.0) << "seconds for 4 megapixels";
}

TEST_F(Plugins, TakeTensorsOfAnySizeOneAfterTheOther) {
  OnnxSource source;
  source.file = made("half.onnx");
  const auto session = open_tensor_session(source, on("None"), {{"batch", 1}});
  ASSERT_TRUE(session) << session.error().sentence;
  for (const std::int64_t side : {24, 1200, 16, 1600}) {  // past what is shared so far, and back
    const auto count = static_cast<std::size_t>(4 * side * side);
    NamedTensor input{"planes", {1, 4, side, side}, std::vector<float>(count)};
    for (std::size_t i = 0; i < count; ++i) input.values[i] = static_cast<float>(i % 977);
    const auto found = (*session)->run({input});
    ASSERT_TRUE(found) << found.error().sentence;
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(found->front().values[i], input.values[i] / 2) << side << " " << i;
    }
  }
}

TEST_F(Plugins, RunGraphsOfAnyTensors) {
  OnnxSource source;
  source.file = made("half.onnx");
  const auto session =
      open_tensor_session(source, on("None"), {{"batch", 1}, {"height", 24}, {"width", 32}});
  ASSERT_TRUE(session) << session.error().sentence;
  NamedTensor input{"planes", {1, 4, 24, 32}, std::vector<float>(4 * 24 * 32, 3.0F)};
  const auto found = (*session)->run({input});
  ASSERT_TRUE(found) << found.error().sentence;
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ((*found)[0].name, "residual");
  EXPECT_EQ((*found)[0].values.at(77), 1.5F);
  input.dims = {1, 4, 24, 31};
  EXPECT_FALSE((*session)->run({input}));
}

TEST_F(Plugins, ThatGiveWrongNumbersAreLeftWithANotice) {
  const auto proved = open_proved_session(half_network(), kTile, on("WrongNumbers"));
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_EQ(proved->session->info().device, "cpu");
  EXPECT_THAT(proved->notices,
              ElementsAre(AllOf(HasSubstr("onnxruntime on latenttest.cpu in f32 is not used"),
                                HasSubstr("the answer is wrong by")),
                          HasSubstr("onnxruntime on latenttest.cpu in f16 is not used")));
  auto strictly = on("WrongNumbers");
  strictly.precision = Precision::F32;
  const auto plain = open_proved_session(half_network(), kTile, strictly);
  ASSERT_TRUE(plain) << plain.error().sentence;
  EXPECT_THAT(plain->notices, SizeIs(1));
}

TEST_F(Plugins, ThatRoundTo16BitsAreHeldToWhatThatMayLose) {
  auto network = half_network();
  network.tolerance_bf16 = 1e-2;
  const auto proved = open_proved_session(network, kTile, on("Rounds"));
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_EQ(proved->session->info().device, "latenttest.cpu");
  EXPECT_EQ(proved->session->info().precision, Precision::F16);
  EXPECT_THAT(proved->notices,
              ElementsAre(HasSubstr("in f32 is not used: the answer is wrong by")));
  auto strictly = on("Rounds");
  strictly.precision = Precision::F32;
  const auto exact = open_proved_session(network, kTile, strictly);
  ASSERT_TRUE(exact) << exact.error().sentence;
  EXPECT_EQ(exact->session->info().device, "cpu");
  strictly.precision = Precision::Bf16;
  const auto refused = open_proved_session(network, kTile, strictly);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
}

/// Starting a session with such a plug-in, which cannot be loaded.
Error unloadable(const EngineRequest& request) {
  const auto proved = open_proved_session(half_network(), kTile, request);
  EXPECT_FALSE(proved);
  return proved ? Error{} : proved.error();
}

TEST_F(Plugins, ThatCannotBeLoadedAreOneSentence) {
  auto error = unloadable(on("CrashesLoading"));
  EXPECT_EQ(error.code, ErrorCode::NotFound);
  EXPECT_THAT(error.sentence,
              AllOf(HasSubstr("latent-test-plugin-CrashesLoading.so' crashed while it was loaded"),
                    HasSubstr("was ended by signal 11")));
  const auto begin = std::chrono::steady_clock::now();
  error = unloadable(on("HangsLoading", 1));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(error.code, ErrorCode::NotFound);
  EXPECT_THAT(error.sentence, HasSubstr("did not answer within 1 seconds while it was loaded"));

  auto request = on("None");
  request.ort_plugins = {made("half.onnx")};
  error = unloadable(request);
  EXPECT_EQ(error.code, ErrorCode::NotFound);
  EXPECT_THAT(error.sentence, HasSubstr("half.onnx' is no plug-in that ONNX Runtime"));
  request.ort_plugins = {find_ort_library({}).value()};  // a library, but no plug-in
  EXPECT_THAT(unloadable(request).sentence, HasSubstr("is no plug-in that ONNX Runtime"));
  request.ort_plugins = {"/nowhere/plugin.so"};
  EXPECT_THAT(unloadable(request).sentence, HasSubstr("'/nowhere/plugin.so' is not there"));
  EXPECT_THAT(unloadable(on("NoDevice")).sentence, HasSubstr("no plug-in has a device"));
}

TEST_F(Plugins, ThatFailOnANetworkAreLeftWithANotice) {
  for (const char* fault : {"CrashesCompiling", "CrashesComputing"}) {
    const auto proved = open_proved_session(half_network(), kTile, on(fault));
    ASSERT_TRUE(proved) << proved.error().sentence;
    EXPECT_EQ(proved->session->info().device, "cpu") << fault;
    EXPECT_THAT(proved->notices,
                ElementsAre(AllOf(HasSubstr("crashed while it comp"), HasSubstr("signal 11"))))
        << fault;
  }
  const auto compiling = open_proved_session(half_network(), kTile, on("HangsCompiling", 1));
  ASSERT_TRUE(compiling) << compiling.error().sentence;
  EXPECT_THAT(compiling->notices,
              ElementsAre(HasSubstr("did not answer within 1 seconds while it compiled")));
  const auto computing = open_proved_session(half_network(), kTile, on("HangsComputing", 1));
  ASSERT_TRUE(computing) << computing.error().sentence;
  EXPECT_THAT(computing->notices, ElementsAre(HasSubstr("first tile took longer than 1 seconds")));
}

TEST_F(Plugins, ThatCrashInTheMiddleAreStartedAgain) {
  const auto session = create_session(half_network(), kTile, on("CrashesLater"));
  ASSERT_TRUE(session) << session.error().sentence;
  const Tensor input = noise((*session)->input_shape());
  auto output = Tensor::create((*session)->output_shape());
  for (int run = 0; run < 3; ++run) ASSERT_TRUE((*session)->run(input.view(), output->view()));
  const auto crashed = (*session)->run(input.view(), output->view());
  ASSERT_FALSE(crashed);
  EXPECT_EQ(crashed.error().code, ErrorCode::Device);
  EXPECT_THAT(crashed.error().sentence, HasSubstr("crashed while it computed"));
  EXPECT_TRUE((*session)->run(input.view(), output->view()));
}

TEST_F(Plugins, AreStoppedWhileTheyHang) {
  const auto session = create_session(half_network(), kTile, on("HangsComputing"));
  ASSERT_TRUE(session) << session.error().sentence;
  const Tensor input = noise((*session)->input_shape());
  auto output = Tensor::create((*session)->output_shape());
  ASSERT_TRUE((*session)->start(0, input.view(), output->view()));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  (*session)->cancel();
  const auto stopped = (*session)->wait(0);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
  std::stop_source stop;
  auto request = on("HangsCompiling");
  request.stop = stop.get_token();
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stop.request_stop();
  });
  const auto compiling = create_session(half_network(), kTile, request);
  ASSERT_FALSE(compiling);
  EXPECT_EQ(compiling.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::infer
