// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/proof.h"

#include <gmock/gmock.h>

#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <stop_token>
#include <thread>

#include "test_networks.h"

namespace latent::infer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Size kTile{64, 48};

enum class Lie { None, Zeros, NotANumber, Noise, Slightly, Refuses };

/// A device of our own making: the answer of the network "half" (x / 2), or a lie.
class LyingSession : public Session {
 public:
  LyingSession(const EngineRequest& request, Lie lie) : lie_(lie) {
    info_.device = request.device;
    info_.device_name = "made up";
    info_.engine_version = "1";
    info_.precision = request.precision == Precision::Auto ? Precision::F32 : request.precision;
  }
  const SessionInfo& info() const override { return info_; }
  TensorShape input_shape() const override { return {1, 4, 24, 32}; }
  TensorShape output_shape() const override { return input_shape(); }
  int slots() const override { return 2; }
  Status wait(int /*slot*/) override { return {}; }
  void cancel() override {}
  void resume() override {}
  void is_from_cache(bool yes) { info_.from_cache = yes; }
  void is_compiled(std::string sha256) { info_.compiled_sha256 = std::move(sha256); }

  Status start(int /*slot*/, ConstTensorView input, TensorView output) override {
    if (lie_ == Lie::Refuses) return fail(ErrorCode::Device, "the driver is gone");
    const Tensor other = noise(input.shape, 9);
    for (std::size_t i = 0; i < input.shape.count(); ++i) {
      output.data[i] = lie_ == Lie::Zeros      ? 0.0F
                       : lie_ == Lie::Noise    ? other.view().data[i]
                       : lie_ == Lie::Slightly ? input.data[i] * 0.5F * 1.004F
                                               : input.data[i] * 0.5F;
    }
    if (lie_ == Lie::NotANumber) output.data[100] = std::numeric_limits<float>::quiet_NaN();
    return {};
  }

 private:
  SessionInfo info_;
  Lie lie_;
};

/// Counts the sessions it makes; every device but the exact processor tells that lie.
struct Factory {
  Lie on_gpu = Lie::None;
  Lie in_bf16 = Lie::None;
  Lie on_processor = Lie::None;
  std::vector<std::string> made_sessions;

  SessionFactory function() {
    return [this](const models::Network&, Size,
                  const EngineRequest& request) -> Result<std::unique_ptr<Session>> {
      const std::string device = request.device == "auto" ? "cpu" : request.device;
      if (device == "npu") return fail(ErrorCode::NotFound, "there is no npu");
      EngineRequest asked = request;
      asked.device = device;
      made_sessions.push_back(device + " " + precision_name(request.precision));
      const Lie lie = request.precision == Precision::Bf16 ? in_bf16
                      : device == "gpu"                    ? on_gpu
                                                           : on_processor;
      return std::make_unique<LyingSession>(asked, lie);
    };
  }
};

EngineRequest ask(const char* device, Precision precision) {
  EngineRequest request;
  request.device = device;
  request.precision = precision;
  return request;
}

Result<ProvedSession> open(Factory& factory, const EngineRequest& request) {
  return open_proved_session(tiny_network("half"), kTile, request, factory.function());
}

TEST(Proof, AnHonestDeviceIsUsed) {
  Factory factory;
  const auto proved = open(factory, ask("gpu", Precision::F32));
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_EQ(proved->session->info().device, "gpu");
  EXPECT_TRUE(proved->verdict.passed);
  EXPECT_EQ(proved->verdict.worst, 0.0);
  EXPECT_GT(proved->verdict.rms_expected, 0.1);
  EXPECT_GT(proved->verdict.seconds_per_megapixel, 0.0);
  EXPECT_TRUE(proved->notices.empty());
}

TEST(Proof, TheProcessorInFloat32NeedsNoProof) {
  Factory factory;
  const auto proved = open(factory, ask("cpu", Precision::F32));
  ASSERT_TRUE(proved);
  EXPECT_TRUE(proved->verdict.passed);
  EXPECT_THAT(factory.made_sessions, ElementsAre("cpu f32"));
}

class Liars : public testing::TestWithParam<Lie> {};
INSTANTIATE_TEST_SUITE_P(Every, Liars,
                         testing::Values(Lie::Zeros, Lie::NotANumber, Lie::Noise, Lie::Slightly,
                                         Lie::Refuses));

TEST_P(Liars, ALyingDeviceIsLeftForTheProcessorAndSaysSo) {
  Factory factory;
  factory.on_gpu = GetParam();
  const auto proved = open(factory, ask("gpu", Precision::F32));
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_EQ(proved->session->info().device, "cpu");
  EXPECT_EQ(proved->session->info().precision, Precision::F32);
  ASSERT_FALSE(proved->notices.empty());
  EXPECT_THAT(proved->notices[0], HasSubstr("on gpu in f32 is not used: "));
}

TEST_P(Liars, ALyingPrecisionIsLeftForTheExactOne) {
  if (GetParam() == Lie::Slightly) GTEST_SKIP() << "0.4 % is what bf16 may do";
  Factory factory;
  factory.in_bf16 = GetParam();
  const auto proved = open(factory, ask("gpu", Precision::Bf16));
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_EQ(proved->session->info().device, "gpu");
  EXPECT_EQ(proved->session->info().precision, Precision::F32);
  EXPECT_EQ(proved->notices.size(), 1U);
}

TEST(Proof, ASmallErrorIsAllowedInBf16AndNotInF32) {
  Factory factory;
  factory.in_bf16 = Lie::Slightly;
  const auto proved = open(factory, ask("cpu", Precision::Bf16));
  ASSERT_TRUE(proved);
  EXPECT_EQ(proved->session->info().precision, Precision::Bf16);
  EXPECT_TRUE(proved->notices.empty());
  EXPECT_GT(proved->verdict.worst, 0.0);
}

TEST(Proof, ADeviceThatIsNotThereIsAnErrorNotAFallback) {
  Factory factory;
  const auto proved = open(factory, ask("npu", Precision::F32));
  ASSERT_FALSE(proved);
  EXPECT_EQ(proved.error().code, ErrorCode::NotFound);
}

TEST(Proof, WhenTheProcessorItselfGivesNoNumberNothingIsUsed) {
  Factory factory;
  factory.on_processor = Lie::NotANumber;
  const auto proved = open(factory, ask("gpu", Precision::F32));
  ASSERT_FALSE(proved);
  EXPECT_EQ(proved.error().code, ErrorCode::Device);
}

TEST(Proof, VerdictsAreKeptForGoodAndBad) {
  const CacheFolder cache;
  auto request = ask("gpu", Precision::F32);
  request.cache_dir = cache.path();
  Factory honest;
  ASSERT_TRUE(open(honest, request));
  EXPECT_THAT(honest.made_sessions, ElementsAre("gpu f32", "cpu f32"));
  Factory again;
  again.on_gpu = Lie::Zeros;  // a kept verdict is believed: the session is not measured again
  const auto proved = open(again, request);
  ASSERT_TRUE(proved);
  EXPECT_TRUE(proved->verdict.cached);
  EXPECT_GT(proved->verdict.seconds_per_megapixel, 0.0);
  EXPECT_THAT(again.made_sessions, ElementsAre("gpu f32"));

  request.device = "gpu.1";
  Factory liar;
  liar.on_processor = Lie::None;
  const auto other = open_proved_session(
      tiny_network("half"), kTile, request,
      [&](const models::Network& network, Size tile, const EngineRequest& asked) {
        if (asked.device != "gpu.1") return liar.function()(network, tile, asked);
        return Result<std::unique_ptr<Session>>(std::make_unique<LyingSession>(asked, Lie::Zeros));
      });
  ASSERT_TRUE(other);
  EXPECT_EQ(other->session->info().device, "cpu");
}

TEST(Proof, ADeviceThatGaveNoAnswerIsAskedAgainNextTime) {
  const CacheFolder cache;
  auto request = ask("gpu", Precision::F32);
  request.cache_dir = cache.path();
  Factory full;
  full.on_gpu = Lie::Refuses;
  EXPECT_EQ(open(full, request)->session->info().device, "cpu");
  Factory freed;
  EXPECT_EQ(open(freed, request)->session->info().device, "gpu");
}

TEST(Proof, ADamagedVerdictFileIsAsNone) {
  const CacheFolder cache;
  auto request = ask("gpu", Precision::F32);
  request.cache_dir = cache.path();
  std::filesystem::create_directories(cache.path());
  for (const char* text : {"", "{", "[]", "{\"format\":1}", "{\"format\":4,\"verdicts\":{}}",
                           "{\"format\":1,\"verdicts\":3}"}) {
    std::ofstream(cache.path() / "verdicts.json") << text;
    Factory factory;
    const auto proved = open(factory, request);
    ASSERT_TRUE(proved) << text;
    EXPECT_FALSE(proved->verdict.cached) << text;
  }
  Factory factory;
  EXPECT_TRUE(open(factory, request)->verdict.cached);
}

TEST(Proof, RealEnginesPassOnATinyNetwork) {
  auto network = tiny_network("half");
  auto request = ask("auto", Precision::Auto);
  const auto proved = open_proved_session(network, kTile, request);
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_TRUE(proved->verdict.passed);
  EXPECT_TRUE(proved->notices.empty());
  const auto nan = open_proved_session(tiny_network("nan"), kTile, ask("cpu", Precision::Auto));
  if (nan) {
    EXPECT_EQ(nan->session->info().precision, Precision::F32) << "bf16 of a NaN must not pass";
  } else {
    EXPECT_EQ(nan.error().code, ErrorCode::Device);
  }
}

/// Counts what it is asked for; the first session is one of the cache and gives zeros.
struct StaleCache {
  std::vector<bool> anew;
  Lie after = Lie::None;

  SessionFactory function() {
    return [this](const models::Network&, Size,
                  const EngineRequest& request) -> Result<std::unique_ptr<Session>> {
      if (request.device == "cpu") return std::make_unique<LyingSession>(request, Lie::None);
      anew.push_back(request.anew);
      auto session = std::make_unique<LyingSession>(request, request.anew ? after : Lie::Zeros);
      session->is_from_cache(!request.anew);
      return session;
    };
  }
};

TEST(Proof, AKeptNetworkThatDoesNotAgreeIsMadeAnewOnce) {
  const CacheFolder cache;
  auto request = ask("gpu", Precision::F32);
  request.cache_dir = cache.path();
  StaleCache healed;
  const auto proved = open_proved_session(tiny_network("half"), kTile, request, healed.function());
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_EQ(proved->session->info().device, "gpu");
  EXPECT_TRUE(proved->notices.empty());
  EXPECT_THAT(healed.anew, ElementsAre(false, true));

  request.cache_dir.clear();
  StaleCache lost;
  lost.after = Lie::Zeros;
  const auto left = open_proved_session(tiny_network("half"), kTile, request, lost.function());
  ASSERT_TRUE(left) << left.error().sentence;
  EXPECT_EQ(left->session->info().device, "cpu");
  EXPECT_THAT(lost.anew, ElementsAre(false, true)) << "once, not for ever";
}

TEST(Proof, AVerdictIsOfOneCompiledNetwork) {
  const CacheFolder cache;
  auto request = ask("gpu", Precision::F32);
  request.cache_dir = cache.path();
  const auto made_of = [&](const std::string& compiled, Lie lie) {
    return open_proved_session(
        tiny_network("half"), kTile, request,
        [&, compiled, lie](const models::Network&, Size,
                           const EngineRequest& asked) -> Result<std::unique_ptr<Session>> {
          auto session =
              std::make_unique<LyingSession>(asked, asked.device == "cpu" ? Lie::None : lie);
          session->is_compiled(compiled);
          return session;
        });
  };
  EXPECT_EQ(made_of("one", Lie::None)->session->info().device, "gpu");
  EXPECT_TRUE(made_of("one", Lie::None)->verdict.cached);
  EXPECT_EQ(made_of("another", Lie::Zeros)->session->info().device, "cpu");
}

Result<ProvedSession> open_where(ErrorCode code, const char* on, const char* device) {
  return open_proved_session(tiny_network("half"), kTile, ask(device, Precision::F32),
                             [=](const models::Network&, Size,
                                 const EngineRequest& asked) -> Result<std::unique_ptr<Session>> {
                               if (asked.device == on)
                                 return fail(code, "there is not enough memory");
                               return std::make_unique<LyingSession>(asked, Lie::None);
                             });
}

TEST(Proof, WantOfMemoryIsSaidAsItIs) {
  const auto full = open_where(ErrorCode::TooLarge, "cpu", "cpu");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::TooLarge);
  EXPECT_EQ(full.error().sentence, "there is not enough memory");
  const auto both = open_where(ErrorCode::TooLarge, "gpu", "gpu");
  ASSERT_TRUE(both) << "the processor has other memory";
  EXPECT_EQ(both->session->info().device, "cpu");
  const auto broken = open_where(ErrorCode::Device, "cpu", "cpu");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().sentence, "there is not enough memory") << "no words about rightness";
}

TEST(Proof, AStopEndsTheLadder) {
  const auto stopped = open_where(ErrorCode::Cancelled, "gpu", "gpu");
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

/// Runs until it is cancelled.
class EndlessSession : public LyingSession {
 public:
  using LyingSession::LyingSession;
  Status start(int /*slot*/, ConstTensorView /*input*/, TensorView /*output*/) override {
    return {};
  }
  Status wait(int /*slot*/) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return cancelled_; });
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  void cancel() override {
    const std::scoped_lock lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }
  void resume() override {
    const std::scoped_lock lock(mutex_);
    cancelled_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool cancelled_ = false;
};

Result<std::unique_ptr<Session>> endless_gpu(const models::Network& /*network*/, Size /*tile*/,
                                             const EngineRequest& asked) {
  if (asked.device == "gpu") return std::make_unique<EndlessSession>(asked, Lie::None);
  return std::make_unique<LyingSession>(asked, Lie::None);
}

TEST(Proof, AFirstTileThatTakesTooLongIsAFaultOfTheDevice) {
  auto request = ask("gpu", Precision::F32);
  request.start_seconds = 0.02;
  const auto proved = open_proved_session(tiny_network("half"), kTile, request, endless_gpu);
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_EQ(proved->session->info().device, "cpu");
  ASSERT_FALSE(proved->notices.empty());
  EXPECT_THAT(proved->notices[0], HasSubstr("longer than 0.02 seconds; --limit-start"));
}

TEST(Proof, IsEndedByAStopWhileADeviceComputes) {
  auto request = ask("gpu", Precision::F32);
  std::stop_source stop;
  request.stop = stop.get_token();
  std::jthread asks([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.request_stop();
  });
  const auto proved = open_proved_session(tiny_network("half"), kTile, request, endless_gpu);
  ASSERT_FALSE(proved);
  EXPECT_EQ(proved.error().code, ErrorCode::Cancelled);
}

TEST(Compare, ZerosAreNoAnswerHoweverSmallTheAnswerIs) {
  const Tensor expected = noise({1, 1, 8, 8});
  auto zeros = Tensor::create({1, 1, 8, 8});
  std::fill_n(zeros->view().data, 64, 0.0F);
  EXPECT_TRUE(compare(expected.view(), expected.view(), 1e-3).passed);
  const auto verdict = compare(zeros->view(), expected.view(), 2.0);
  EXPECT_FALSE(verdict.passed);
  EXPECT_THAT(verdict.problem, HasSubstr("100 %"));
  EXPECT_TRUE(compare(zeros->view(), zeros->view(), 1e-3).passed);
  EXPECT_FALSE(compare(zeros->view(), noise({1, 1, 8, 9}).view(), 2.0).passed);
}

TEST(ProbeTile, RepeatsTheGoldenInput) {
  const auto network = tiny_network("half");
  const auto probe = probe_tile(network, {1, 4, 30, 50});
  ASSERT_TRUE(probe);
  const auto golden = network.golden_input.view();
  EXPECT_EQ(probe->view().plane(3)[29 * 50 + 49], golden.plane(3)[5 * 24 + 1]);
}

}  // namespace
}  // namespace latent::infer
