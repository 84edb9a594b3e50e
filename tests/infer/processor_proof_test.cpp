// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/processor_proof.h"

#include <gmock/gmock.h>

#include <chrono>
#include <mutex>
#include <thread>

#include "test_networks.h"

namespace latent::infer {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr Size kTile{640, 480};

/// A network whose answer is half of its input, with a file in 8-bit integers.
models::Network rounded_network(double loss_db = 0.05) {
  auto network = tiny_network("half");
  models::Int8Variant stated;
  stated.most_from_f32 = 0.02;
  stated.rms_from_f32 = 0.005;
  stated.loss_db = loss_db;
  stated.memory_bytes_per_px = 144;
  network.spec.int8 = stated;
  network.int8 = models::Int8Network{{}, "of the int8 file", noise({1, 4, 24, 24})};
  return network;
}

/// What each precision of a made-up processor does.
struct Arithmetic {
  milliseconds takes{1};
  float factor = 0.5F;  ///< of its answer; 0.5 is right
  bool there = true;
  float by_width = 0;  ///< what each sample of width adds to the factor
};

struct Processor {
  Arithmetic f32{milliseconds(60)};
  Arithmetic bf16{milliseconds(10), 0.5F, false};
  Arithmetic int8{milliseconds(5)};
  std::string name = "made up";
  std::vector<std::string> made;  ///< precision and width of each session
  std::mutex mutex;               ///< of `made`

  [[nodiscard]] const Arithmetic& of(Precision precision) const {
    return precision == Precision::Int8 ? int8 : precision == Precision::Bf16 ? bf16 : f32;
  }
};

class MadeUpSession : public Session {
 public:
  MadeUpSession(const Processor& processor, Precision precision, Size tile)
      : arithmetic_(processor.of(precision)), shape_{1, 4, tile.height / 2, tile.width / 2} {
    info_.device = "cpu";
    info_.device_name = processor.name;
    info_.engine_version = "1";
    info_.precision = precision;
  }
  const SessionInfo& info() const override { return info_; }
  TensorShape input_shape() const override { return shape_; }
  TensorShape output_shape() const override { return shape_; }
  int slots() const override { return 2; }
  Status wait(int /*slot*/) override { return {}; }
  void cancel() override {}
  void resume() override {}
  Status start(int /*slot*/, ConstTensorView input, TensorView output) override {
    std::this_thread::sleep_for(arithmetic_.takes);
    for (std::size_t i = 0; i < input.shape.count(); ++i) {
      const float more = arithmetic_.by_width * static_cast<float>(shape_.width);
      output.data[i] = input.data[i] * (arithmetic_.factor + more);
    }
    return {};
  }

 private:
  SessionInfo info_;
  Arithmetic arithmetic_;
  TensorShape shape_;
};

SessionFactory factory_of(Processor& processor) {
  return [&processor](const models::Network& network, Size tile,
                      const EngineRequest& asked) -> Result<std::unique_ptr<Session>> {
    LATENT_TRY(const NetworkFile file, file_for(network, asked.precision));
    (void)file;
    if (!processor.of(asked.precision).there) return fail(ErrorCode::Unsupported, "not there");
    const std::scoped_lock lock(processor.mutex);
    processor.made.push_back(std::string(precision_name(asked.precision)) + " " +
                             std::to_string(tile.width) +
                             (asked.rest == Precision::F32 ? ", the rest f32" : ""));
    return std::make_unique<MadeUpSession>(processor, asked.precision, tile);
  };
}

EngineRequest ask(Precision precision, const std::filesystem::path& cache = {}) {
  EngineRequest request;
  request.precision = precision;
  request.cache_dir = cache;
  return request;
}

Precision taken(Processor& processor, const EngineRequest& request,
                const models::Network& network = rounded_network()) {
  const auto proved = open_proved_session(network, kTile, request, factory_of(processor));
  EXPECT_TRUE(proved) << proved.error().sentence;
  return proved ? proved->session->info().precision : Precision::Auto;
}

TEST(ProcessorProof, AutoTakesTheFastestThatPasses) {
  Processor processor;
  EXPECT_EQ(taken(processor, ask(Precision::Auto)), Precision::Int8);
  EXPECT_THAT(processor.made,
              UnorderedElementsAre("int8 128", "f32 128", "int8 160", "int8 208", "int8 640"));
  EXPECT_EQ(processor.made.back(), "int8 640");
  processor.bf16.there = true;
  processor.bf16.takes = milliseconds(1);
  EXPECT_EQ(taken(processor, ask(Precision::Auto)), Precision::Bf16);
}

TEST(ProcessorProof, IntegersThatAreNotFasterAreLeft) {
  Processor processor;
  processor.int8.takes = processor.f32.takes * 2;
  EXPECT_EQ(taken(processor, ask(Precision::Auto)), Precision::F32);
}

TEST(ProcessorProof, ALossBeyondTheLimitIsTakenOnlyWhereAskedForByName) {
  Processor processor;
  const auto network = rounded_network(0.2);
  EXPECT_EQ(taken(processor, ask(Precision::Auto), network), Precision::F32);
  EXPECT_EQ(taken(processor, ask(Precision::Int8), network), Precision::Int8);
  auto generous = ask(Precision::Auto);
  generous.most_loss_db = 0.3;
  EXPECT_EQ(taken(processor, generous, network), Precision::Int8);
}

TEST(ProcessorProof, BestKeepsTheNetworkAsItIs) {
  Processor processor;
  EXPECT_EQ(taken(processor, ask(Precision::Best)), Precision::F32);
  processor.bf16.there = true;
  EXPECT_EQ(taken(processor, ask(Precision::Best)), Precision::Bf16);
  processor.bf16.takes = milliseconds(120);
  EXPECT_EQ(taken(processor, ask(Precision::Best)), Precision::F32) << "slower than f32";
}

TEST(ProcessorProof, WrongIntegersAreLeftWithASentence) {
  for (const float factor : {0.0F, 0.5F * 1.05F, 0.5F * 1.03F}) {
    Processor processor;
    processor.int8.factor = factor;
    const auto proved =
        open_proved_session(rounded_network(), kTile, ask(Precision::Auto), factory_of(processor));
    ASSERT_TRUE(proved) << proved.error().sentence;
    EXPECT_EQ(proved->session->info().precision, Precision::F32);
    ASSERT_FALSE(proved->notices.empty());
    EXPECT_THAT(proved->notices[0], HasSubstr("int8 on the processor is not used: the answer"));
    EXPECT_EQ(taken(processor, ask(Precision::Int8)), Precision::F32) << "asked for by name";
  }
}

TEST(ProcessorProof, IntegersThatDependOnTheSizeOfTheTileAreLeft) {
  Processor processor;
  processor.int8.by_width = 1e-4F;
  const auto proved =
      open_proved_session(rounded_network(), kTile, ask(Precision::Auto), factory_of(processor));
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_EQ(proved->session->info().precision, Precision::F32);
  ASSERT_FALSE(proved->notices.empty());
  EXPECT_THAT(proved->notices[0], HasSubstr("the answer depends on the size of the tile by 0.002"));
}

TEST(ProcessorProof, WhatIntegersLeaveInFloatIsComputedInTheFasterFloat) {
  for (const Precision asked : {Precision::Auto, Precision::Int8}) {
    const CacheFolder cache;
    Processor processor;
    processor.bf16.there = true;
    EXPECT_EQ(taken(processor, ask(asked, cache.path())), Precision::Int8);
    EXPECT_THAT(processor.made, Contains("int8 640"));
    processor.bf16.takes = processor.f32.takes * 2;
    auto anew = ask(asked, cache.path());
    anew.anew = true;
    EXPECT_EQ(taken(processor, anew), Precision::Int8);
    EXPECT_THAT(processor.made, Contains("int8 640, the rest f32"));
    processor.made.clear();
    EXPECT_EQ(taken(processor, ask(asked, cache.path())), Precision::Int8);
    EXPECT_THAT(processor.made, ElementsAre("int8 640, the rest f32")) << "kept";
    processor.made.clear();
    processor.bf16.takes = milliseconds(1);
    processor.bf16.factor = 0.6F;  // wrong, however fast
    EXPECT_EQ(taken(processor, anew), Precision::Int8);
    EXPECT_THAT(processor.made, Contains("int8 640, the rest f32"));
  }
}

TEST(ProcessorProof, OfANetworkOfOneTileOnlyThatTileIsMeasured) {
  auto network = rounded_network();
  network.golden_output = {};  // made for another program, its integers made here
  network.int8->golden_output = {};
  network.only_tile = kTile;
  network.gives_whole_picture = true;
  Processor processor;
  processor.bf16.there = true;
  processor.bf16.takes = milliseconds(1);
  EXPECT_EQ(taken(processor, ask(Precision::Auto), network), Precision::Int8)
      << "bf16 is faster, and nobody knows what it loses";
  EXPECT_THAT(processor.made, UnorderedElementsAre("int8 640", "f32 640", "int8 640"));
  EXPECT_EQ(taken(processor, ask(Precision::Bf16), network), Precision::Bf16);
  processor.int8.factor = 0.6F;
  EXPECT_EQ(taken(processor, ask(Precision::Int8), network), Precision::F32);
}

TEST(ProcessorProof, IsDoneOnceWhateverTheTile) {
  const CacheFolder cache;
  Processor processor;
  const auto network = rounded_network();
  const auto request = ask(Precision::Auto, cache.path());
  EXPECT_EQ(taken(processor, request, network), Precision::Int8);
  processor.made.clear();
  const auto factory = factory_of(processor);
  for (const Size tile : {Size{320, 320}, Size{1024, 512}}) {
    const auto proved = open_proved_session(network, tile, request, factory);
    ASSERT_TRUE(proved);
    EXPECT_TRUE(proved->verdict.cached);
    EXPECT_GT(proved->verdict.seconds_per_megapixel, 0.0);
  }
  EXPECT_THAT(processor.made, ElementsAre("int8 320", "int8 1024"));
}

TEST(ProcessorProof, AnotherProcessorIsMeasuredAnew) {
  const CacheFolder cache;
  Processor processor;
  const auto request = ask(Precision::Auto, cache.path());
  EXPECT_EQ(taken(processor, request), Precision::Int8);
  Processor other;
  other.name = "another";
  other.int8.takes = milliseconds(120);
  EXPECT_EQ(taken(other, request), Precision::F32);
  EXPECT_EQ(taken(other, request), Precision::F32);
  EXPECT_EQ(other.made.back(), "f32 640");
}

TEST(ProcessorProof, ANetworkWithoutTheFileSaysSo) {
  Processor processor;
  const auto proved =
      open_proved_session(tiny_network("half"), kTile, ask(Precision::Int8), factory_of(processor));
  ASSERT_FALSE(proved);
  EXPECT_EQ(proved.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(proved.error().sentence, HasSubstr("no file of this network in 8-bit integers"));
}

TEST(ProcessorProof, WhatIsKnownOfADeviceIsWhatWasMeasured) {
  const CacheFolder cache;
  Processor processor;
  const auto network = rounded_network();
  DeviceFacts device;
  device.device = "cpu";
  device.name = processor.name;
  device.driver = "1";
  EXPECT_FALSE(known_verdict(network, device, Precision::Int8, cache.path()));
  EXPECT_EQ(taken(processor, ask(Precision::Auto, cache.path()), network), Precision::Int8);
  const auto f32 = known_verdict(network, device, Precision::F32, cache.path());
  const auto int8 = known_verdict(network, device, Precision::Int8, cache.path());
  ASSERT_TRUE(f32 && int8);
  EXPECT_GT(f32->seconds_per_megapixel, int8->seconds_per_megapixel);
  EXPECT_FALSE(known_verdict(network, device, Precision::Bf16, cache.path()));
}

}  // namespace
}  // namespace latent::infer
