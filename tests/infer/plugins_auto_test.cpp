// SPDX-License-Identifier: GPL-3.0-or-later
// What the device "auto" becomes where plug-ins are named (infer/plugin_choice.h).
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "infer/proof.h"
#include "infer/tensor_proof.h"
#include "plugin_fixture.h"

namespace latent::infer {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// A session whose tiles take longer.
class Slow : public Session {
 public:
  explicit Slow(std::unique_ptr<Session> inner) : inner_(std::move(inner)) {}
  const SessionInfo& info() const override { return inner_->info(); }
  TensorShape input_shape() const override { return inner_->input_shape(); }
  TensorShape output_shape() const override { return inner_->output_shape(); }
  int slots() const override { return inner_->slots(); }
  Status start(int slot, ConstTensorView input, TensorView output) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    return inner_->start(slot, input, output);
  }
  Status wait(int slot) override { return inner_->wait(slot); }
  void cancel() override { inner_->cancel(); }
  void resume() override { inner_->resume(); }

 private:
  std::unique_ptr<Session> inner_;
};

/// create_session(), with one device slower than the others, and what was opened.
struct Opened {
  std::string slow;
  std::vector<std::string> devices = {};

  SessionFactory factory() {
    return [this](const models::Network& network, Size tile,
                  const EngineRequest& request) -> Result<std::unique_ptr<Session>> {
      LATENT_TRY(auto session, create_session(network, tile, request));
      devices.push_back(session->info().device);
      if (devices.back() != slow) return session;
      return std::unique_ptr<Session>(std::make_unique<Slow>(std::move(session)));
    };
  }
};

EngineRequest automatic(EngineRequest request, const char* folder) {
  request.device = "auto";
  request.cache_dir = fs::path(testing::TempDir()) / folder;
  fs::remove_all(request.cache_dir);
  return request;
}

TEST_F(Plugins, AreTakenByAutoWhereTheyAreFaster) {
  const auto request = automatic(on("None"), "plugins_faster");
  Opened opened{"cpu"};
  for (int start = 0; start < 2; ++start) {
    opened.devices.clear();
    const auto proved = open_proved_session(half_network(), kTile, request, opened.factory());
    ASSERT_TRUE(proved) << proved.error().sentence;
    EXPECT_EQ(proved->session->info().device, "latenttest.cpu");
    EXPECT_THAT(proved->notices, testing::IsEmpty());
    if (start == 1) {
      EXPECT_THAT(opened.devices, ElementsAre("latenttest.cpu"));
    }
  }
  // Of another network nothing is known.
  opened.devices.clear();
  auto other = half_network();
  other.sha256 = "another";
  ASSERT_TRUE(open_proved_session(other, kTile, request, opened.factory()));
  EXPECT_GT(opened.devices.size(), 1U);
}

TEST_F(Plugins, AreLeftByAutoWithANoticeWhereTheyAreSlower) {
  const auto request = automatic(on("None"), "plugins_slower");
  Opened opened{"latenttest.cpu"};
  for (int start = 0; start < 2; ++start) {
    opened.devices.clear();
    const auto proved = open_proved_session(half_network(), kTile, request, opened.factory());
    ASSERT_TRUE(proved) << proved.error().sentence;
    EXPECT_EQ(proved->session->info().device, "cpu");
    EXPECT_THAT(proved->notices,
                testing::Contains(AllOf(HasSubstr("latenttest.cpu is not used: it needs "),
                                        HasSubstr(" times as long as cpu"))));
    if (start == 1) {
      EXPECT_THAT(opened.devices, testing::Each("cpu"));
    }
  }
}

TEST_F(Plugins, ThatFailAreLeftByAutoWithANotice) {
  for (const auto& [fault, words] :
       {std::pair{"WrongNumbers", "onnxruntime on latenttest.cpu in f32 is not used: the answer"},
        std::pair{"CrashesCompiling", "crashed while it compiled the network"},
        std::pair{"CrashesLoading", "crashed while it was loaded"},
        std::pair{"NoDevice", "found no device that it can use"}}) {
    const auto request = automatic(on(fault), "plugins_failing");
    for (int start = 0; start < 2; ++start) {
      const auto proved = open_proved_session(half_network(), kTile, request);
      ASSERT_TRUE(proved) << proved.error().sentence;
      EXPECT_EQ(proved->session->info().device, "cpu");
      EXPECT_THAT(proved->notices, testing::Contains(HasSubstr(words))) << fault << start;
    }
  }
}

TEST_F(Plugins, AreNoMatterWhereTheProcessorOrAnotherEngineIsAskedFor) {
  auto request = automatic(on("CrashesLoading"), "plugins_not_asked");
  request.device = "cpu";
  const auto processor = open_proved_session(half_network(), kTile, request);
  ASSERT_TRUE(processor) << processor.error().sentence;
  EXPECT_THAT(processor->notices, testing::Not(testing::Contains(HasSubstr("crashed"))));
  request.device = "auto";
  request.engine = EngineKind::OpenVino;
  const auto other = open_proved_session(half_network(), kTile, request);
  ASSERT_TRUE(other) << other.error().sentence;
  EXPECT_THAT(other->notices, testing::Not(testing::Contains(HasSubstr("crashed"))));
}

TEST_F(Plugins, ThatRoundAreCompiledOnceWhenThatIsKnown) {
  auto network = half_network();
  network.tolerance_bf16 = 1e-2;
  auto request = automatic(on("Rounds"), "plugins_round");
  request.device = "latenttest.cpu";
  for (int start = 0; start < 2; ++start) {
    Opened opened;
    const auto proved = open_proved_session(network, kTile, request, opened.factory());
    ASSERT_TRUE(proved) << proved.error().sentence;
    EXPECT_EQ(proved->session->info().precision, Precision::F16);
    const auto compiled = std::ranges::count(opened.devices, "latenttest.cpu");
    EXPECT_EQ(compiled, start == 0 ? 2 : 1);
    EXPECT_EQ(proved->verdict.cached, start == 1);
  }
  // It insists, whatever is known.
  request.precision = Precision::F32;
  const auto exact = open_proved_session(network, kTile, request);
  ASSERT_TRUE(exact) << exact.error().sentence;
  EXPECT_EQ(exact->session->info().device, "cpu");
}

TEST_F(Plugins, TakeGraphsOfTensorsByAutoToo) {
  OnnxSource source;
  source.file = made("half.onnx");
  TensorProbe probe;
  probe.inputs.push_back({"planes", {1, 4, 24, 32}, std::vector<float>(4 * 24 * 32, 3.0F)});
  const std::map<std::string, std::int64_t> sizes{{"batch", 1}, {"height", 24}, {"width", 32}};
  const auto request = automatic(on("WrongNumbers"), "plugins_tensors");
  const auto left = open_proved_tensor_session(source, request, sizes, probe);
  ASSERT_TRUE(left) << left.error().sentence;
  EXPECT_EQ(left->session->info().device, "cpu");
  EXPECT_THAT(left->notices, testing::Contains(HasSubstr("latenttest.cpu in f32 is not used")));
  auto fine = request;
  fine.ort_plugins = {plugin("None")};
  const auto timed = open_proved_tensor_session(source, fine, sizes, probe);
  ASSERT_TRUE(timed) << timed.error().sentence;
  const bool used = timed->session->info().device == "latenttest.cpu";
  EXPECT_TRUE(used || !timed->notices.empty());
}

}  // namespace
}  // namespace latent::infer
