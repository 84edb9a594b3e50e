// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/engine.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "infer/devices.h"
#include "infer/ort_library.h"
#include "test_networks.h"

namespace latent::infer {
namespace {

using testing::HasSubstr;

constexpr Size kTile{64, 48};

class Engines : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    if (GetParam() == EngineKind::OnnxRuntime && !find_ort_library({})) {
      GTEST_SKIP() << "no ONNX Runtime library on this machine";
    }
  }
  [[nodiscard]] static EngineRequest exact() {
    EngineRequest request;
    request.engine = GetParam();
    request.precision = Precision::F32;
    return request;
  }
};

INSTANTIATE_TEST_SUITE_P(Both, Engines,
                         testing::Values(EngineKind::OpenVino, EngineKind::OnnxRuntime),
                         [](const auto& engine) { return std::string(engine_name(engine.param)); });

TEST_P(Engines, HalveEverySample) {
  const auto network = tiny_network("half");
  const auto session = create_session(network, kTile, exact());
  ASSERT_TRUE(session) << session.error().sentence;
  EXPECT_EQ((*session)->input_shape(), (TensorShape{1, 4, 24, 32}));
  EXPECT_EQ((*session)->info().precision, Precision::F32);
  EXPECT_EQ((*session)->info().device, "cpu");
  EXPECT_GE((*session)->slots(), 2);
  const Tensor input = noise((*session)->input_shape());
  auto output = Tensor::create((*session)->output_shape());
  ASSERT_TRUE((*session)->run(input.view(), output->view()));
  for (std::size_t i = 0; i < input.shape().count(); ++i) {
    ASSERT_NEAR(output->view().data[i], input.view().data[i] / 2, 1e-6);
  }
}

TEST_P(Engines, BlurByTheDefinition) {
  const auto network = tiny_network("blur");
  const auto session = create_session(network, kTile, exact());
  ASSERT_TRUE(session) << session.error().sentence;
  const TensorShape shape = (*session)->input_shape();
  const Tensor input = noise(shape);
  auto output = Tensor::create(shape);
  ASSERT_TRUE((*session)->run(input.view(), output->view()));
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        double sum = 0;
        for (int v = std::max(0, y - 1); v <= std::min(shape.height - 1, y + 1); ++v) {
          for (int u = std::max(0, x - 1); u <= std::min(shape.width - 1, x + 1); ++u) {
            sum += double{input.view().plane(c)[static_cast<std::size_t>(v * shape.width + u)]};
          }
        }
        ASSERT_NEAR(output->view().plane(c)[static_cast<std::size_t>(y * shape.width + x)], sum / 9,
                    1e-5);
      }
    }
  }
}

TEST_P(Engines, RunTwoTilesAtOnceWithoutMixingThem) {
  const auto network = tiny_network("half");
  const auto session = create_session(network, kTile, exact());
  ASSERT_TRUE(session);
  const TensorShape shape = (*session)->input_shape();
  const Tensor first = noise(shape, 1);
  const Tensor second = noise(shape, 2);
  auto first_out = Tensor::create(shape);
  auto second_out = Tensor::create(shape);
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE((*session)->start(0, first.view(), first_out->view()));
    ASSERT_TRUE((*session)->start(1, second.view(), second_out->view()));
    ASSERT_TRUE((*session)->wait(1));
    ASSERT_TRUE((*session)->wait(0));
    ASSERT_NEAR(first_out->view().data[5], first.view().data[5] / 2, 1e-6);
    ASSERT_NEAR(second_out->view().data[5], second.view().data[5] / 2, 1e-6);
  }
}

TEST_P(Engines, RefuseANetworkThatIsNotWhatItsManifestSays) {
  for (const char* name : {"other_name", "other_channels"}) {
    const auto session = create_session(tiny_network(name), kTile, exact());
    ASSERT_FALSE(session) << name;
    EXPECT_EQ(session.error().code, ErrorCode::ModelMismatch) << session.error().sentence;
  }
  auto broken = tiny_network("half");
  broken.onnx.resize(broken.onnx.size() / 2);
  const auto session = create_session(broken, kTile, exact());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::ModelMismatch) << session.error().sentence;
  broken.onnx.clear();
  EXPECT_FALSE(create_session(broken, kTile, exact()));
}

TEST_P(Engines, RefuseADeviceThatIsNotThere) {
  auto request = exact();
  for (const char* device : {"npu", "gpu.7", "cuda.99", "cpu.x", "toaster", ""}) {
    request.device = device;
    const auto session = create_session(tiny_network("half"), kTile, request);
    ASSERT_FALSE(session) << device;
    EXPECT_EQ(session.error().code, ErrorCode::NotFound) << session.error().sentence;
  }
}

TEST_P(Engines, AreStoppedWhileTheyRun) {
  const auto session = create_session(tiny_network("slow"), {640, 640}, exact());
  ASSERT_TRUE(session) << session.error().sentence;
  const Tensor input = noise((*session)->input_shape());
  auto output = Tensor::create((*session)->output_shape());
  auto warm_up = std::chrono::steady_clock::now();
  ASSERT_TRUE((*session)->run(input.view(), output->view()));
  const auto whole = std::chrono::steady_clock::now() - warm_up;
  ASSERT_TRUE((*session)->start(0, input.view(), output->view()));
  std::this_thread::sleep_for(whole / 20);
  const auto asked = std::chrono::steady_clock::now();
  (*session)->cancel();
  const auto stopped = (*session)->wait(0);
  const auto took = std::chrono::steady_clock::now() - asked;
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
  EXPECT_LT(took, whole * 3 / 4) << "the run was not cut short";
  const auto later = (*session)->start(0, input.view(), output->view());
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, ErrorCode::Cancelled);
  (*session)->resume();
  EXPECT_TRUE((*session)->run(input.view(), output->view())) << "not of use again";
}

TEST(BothEngines, AgreeOnTheSameNetwork) {
  if (!find_ort_library({})) GTEST_SKIP() << "no ONNX Runtime library on this machine";
  const auto network = tiny_network("slow");
  std::vector<Tensor> answers;
  for (const EngineKind engine : {EngineKind::OpenVino, EngineKind::OnnxRuntime}) {
    EngineRequest request;
    request.engine = engine;
    request.precision = Precision::F32;
    const auto session = create_session(network, kTile, request);
    ASSERT_TRUE(session) << session.error().sentence;
    answers.push_back(noise((*session)->output_shape()));
    ASSERT_TRUE((*session)->run(noise((*session)->input_shape()).view(), answers.back().view()));
  }
  for (std::size_t i = 0; i < answers[0].shape().count(); ++i) {
    ASSERT_NEAR(answers[0].view().data[i], answers[1].view().data[i], 1e-4);
  }
}

TEST(OpenVino, KeepsCompiledModelsAndSurvivesADamagedOne) {
  const CacheFolder cache;
  EngineRequest request;
  request.cache_dir = cache.path();
  const auto network = tiny_network("blur");
  const Tensor input = noise({1, 4, 24, 32});
  std::vector<float> answers;
  const auto run_once = [&] {
    const auto session = create_session(network, kTile, request);
    ASSERT_TRUE(session) << session.error().sentence;
    auto output = Tensor::create((*session)->output_shape());
    ASSERT_TRUE((*session)->run(input.view(), output->view()));
    answers.push_back(output->view().data[77]);
  };
  run_once();
  std::vector<std::filesystem::path> blobs;
  for (const auto& entry : std::filesystem::directory_iterator(cache.path() / "compiled")) {
    blobs.push_back(entry.path());
  }
  ASSERT_EQ(blobs.size(), 1U);
  run_once();
  const auto size = std::filesystem::file_size(blobs[0]);
  {
    std::fstream file(blobs[0], std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << "damaged";
  }
  run_once();
  std::filesystem::resize_file(blobs[0], size / 3);
  run_once();
  for (const float answer : answers) EXPECT_EQ(answer, answers[0]);
  EXPECT_GT(std::filesystem::file_size(blobs[0]), size / 2) << "the damaged one was not made anew";
}

/// Gives the bytes of one file of the cache to another, with a header that tells of them.
void exchange(const std::filesystem::path& from, const std::filesystem::path& to) {
  constexpr std::size_t kKey = 8;    // where the header's hash of its key begins, 64 bytes long
  constexpr std::size_t kRest = 72;  // the size, the checksum, the compiled network
  auto bytes = read_bytes(from);
  const auto own = read_bytes(to);
  ASSERT_GT(std::min(bytes.size(), own.size()), kRest);
  std::copy_n(own.begin() + kKey, kRest - kKey, bytes.begin() + kKey);
  std::ofstream(to, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  return files;
}

class ExchangedNetworks : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(WithItsRecordsOrWithout, ExchangedNetworks, testing::Bool());

TEST_P(ExchangedNetworks, AreNoticedAndMadeAnew) {
  const CacheFolder cache;
  EngineRequest request;
  request.cache_dir = cache.path();
  request.precision = Precision::F32;
  const auto answer = [&](const char* name, bool from_cache) {
    const auto session = create_session(tiny_network(name), kTile, request);
    EXPECT_TRUE(session) << session.error().sentence;
    EXPECT_EQ((*session)->info().from_cache, from_cache) << name;
    EXPECT_EQ((*session)->info().compiled_sha256.size(), 64U);
    auto output = Tensor::create((*session)->output_shape());
    EXPECT_TRUE((*session)->run(noise((*session)->input_shape()).view(), output->view()));
    return output->view().data[77];
  };
  const float halved = answer("half", false);
  const auto half_file = files_in(cache.path() / "compiled").at(0);
  const float blurred = answer("blur", false);
  ASSERT_NE(halved, blurred);
  EXPECT_EQ(answer("half", true), halved) << "the cache is of use";
  for (const auto& file : files_in(cache.path() / "compiled")) {
    if (file != half_file) exchange(half_file, file);
  }
  if (GetParam()) std::filesystem::remove(cache.path() / "verdicts.json");
  EXPECT_EQ(answer("blur", false), blurred) << "another network ran";
  EXPECT_EQ(answer("blur", true), blurred) << "it did not heal";
}

TEST(OpenVino, AKeptNetworkThatIsAPipeOrAFolderIsNotWaitedFor) {
  const CacheFolder cache;
  EngineRequest request;
  request.cache_dir = cache.path();
  const auto network = tiny_network("half");
  ASSERT_TRUE(create_session(network, kTile, request));
  const auto file = files_in(cache.path() / "compiled").at(0);
  std::filesystem::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_TRUE(create_session(network, kTile, request));
  std::filesystem::remove(file);
  std::filesystem::create_directories(file / "inside");
  EXPECT_TRUE(create_session(network, kTile, request));
  std::filesystem::remove_all(cache.path());
  std::ofstream(cache.path()) << "a file where the folder should be";
  EXPECT_TRUE(create_session(network, kTile, request));
}

TEST_P(Engines, CompilingEndsForWhoeverWaitsWhenItTakesTooLong) {
  auto request = exact();
  request.start_seconds = 1e-9;
  // On a busy machine the engine may be done before this thread comes to wait for it.
  Result<std::unique_ptr<Session>> session;
  for (int attempt = 0; attempt < 100 && session; ++attempt) {
    session = create_session(tiny_network("slow"), {640, 640}, request);
  }
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::Device);
  EXPECT_THAT(session.error().sentence, HasSubstr("--limit-start"));
  while (abandoned_works() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

TEST_P(Engines, CompilingEndsForWhoeverWaitsWhenAStopIsAskedFor) {
  auto request = exact();
  std::stop_source stop;
  request.stop = stop.get_token();
  stop.request_stop();
  const auto session = create_session(tiny_network("slow"), {640, 640}, request);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::Cancelled);
}

TEST(OpenVino, TakesBf16OnlyWhereTheProcessorHasIt) {
  EngineRequest request;
  const auto devices = list_devices(request);
  const auto cpu = std::ranges::find(devices.devices, "cpu", &DeviceFacts::device);
  ASSERT_NE(cpu, devices.devices.end());
  const bool has_bf16 = std::ranges::count(cpu->precisions, Precision::Bf16) > 0;
  EXPECT_EQ(cpu->automatic, has_bf16 ? Precision::Bf16 : Precision::F32);
  const auto session = create_session(tiny_network("half"), kTile, request);
  ASSERT_TRUE(session);
  EXPECT_EQ((*session)->info().precision, cpu->automatic);
  request.precision = Precision::Bf16;
  const auto asked = create_session(tiny_network("half"), kTile, request);
  EXPECT_EQ(asked.has_value(), has_bf16);
}

TEST(OnnxRuntime, RefusesPrecisionsItDoesNotHave) {
  if (!find_ort_library({})) GTEST_SKIP() << "no ONNX Runtime library on this machine";
  EngineRequest request;
  request.engine = EngineKind::OnnxRuntime;
  request.precision = Precision::Bf16;
  const auto session = create_session(tiny_network("half"), kTile, request);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::Unsupported);
}

TEST(OnnxRuntime, SaysWhatIsWrongWithTheLibraryThatTheUserNamed) {
  EngineRequest request;
  request.engine = EngineKind::OnnxRuntime;
  request.ort_library = "/nowhere/libonnxruntime.so";
  const auto missing = create_session(tiny_network("half"), kTile, request);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_THAT(missing.error().sentence, HasSubstr("'/nowhere/libonnxruntime.so'"));
  request.ort_library = made("half.onnx");
  const auto no_library = create_session(tiny_network("half"), kTile, request);
  ASSERT_FALSE(no_library);
  EXPECT_EQ(no_library.error().code, ErrorCode::Device);
  EXPECT_THAT(no_library.error().sentence, HasSubstr("cannot be loaded"));
}

TEST(Inventory, ListsBothEnginesAndTheProcessor) {
  const auto inventory = list_devices({});
  ASSERT_EQ(inventory.engines.size(), 2U);
  EXPECT_TRUE(inventory.engines[0].usable) << inventory.engines[0].problem;
  EXPECT_NE(inventory.engines[1].usable, inventory.engines[1].version.empty());
  for (const DeviceFacts& device : inventory.devices) {
    EXPECT_FALSE(device.name.empty());
    EXPECT_EQ(std::ranges::count(device.precisions, device.automatic), 1);
  }
}

TEST(Words, AreReadAsTheyAreWritten) {
  for (const auto engine : {EngineKind::Auto, EngineKind::OpenVino, EngineKind::OnnxRuntime}) {
    EXPECT_EQ(*parse_engine(engine_name(engine)), engine);
  }
  for (const auto precision : {Precision::Auto, Precision::Best, Precision::F32, Precision::Bf16,
                               Precision::Int8, Precision::F16}) {
    EXPECT_EQ(*parse_precision(precision_name(precision)), precision);
  }
  const auto unknown = parse_precision("f64");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::Usage);
  EXPECT_THAT(unknown.error().sentence, HasSubstr("auto, best, f32, bf16, int8, f16"));
}

}  // namespace
}  // namespace latent::infer
