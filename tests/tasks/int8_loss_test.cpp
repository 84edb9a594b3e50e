// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/int8_loss.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace latent::tasks {
namespace {

using Compute = std::function<void(ConstTensorView input, TensorView output)>;

/// A session that computes what a test says.
class MadeUp final : public infer::Session {
 public:
  MadeUp(TensorShape in, TensorShape out, Compute compute)
      : in_(in), out_(out), compute_(std::move(compute)) {}
  const infer::SessionInfo& info() const override { return info_; }
  TensorShape input_shape() const override { return in_; }
  TensorShape output_shape() const override { return out_; }
  int slots() const override { return 2; }
  Status start(int /*slot*/, ConstTensorView input, TensorView output) override {
    compute_(input, output);
    return {};
  }
  Status wait(int /*slot*/) override { return {}; }
  void cancel() override {}
  void resume() override {}

 private:
  infer::SessionInfo info_;
  TensorShape in_;
  TensorShape out_;
  Compute compute_;
};

void fill(TensorView to, float value) { std::fill_n(to.data, to.shape.count(), value); }

/// A slope with a soft wave on it, 0.2 to 0.8.
Tensor picture(TensorShape shape) {
  auto tensor = Tensor::create(shape);
  EXPECT_TRUE(tensor);
  for (int channel = 0; channel < shape.channels; ++channel) {
    float* to = tensor->view().plane(channel).data();
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        *to++ = 0.5F + 0.2F * std::sin(0.1F * static_cast<float>(x + channel)) +
                0.1F * std::cos(0.07F * static_cast<float>(y));
      }
    }
  }
  return *std::move(tensor);
}

SeenTiles seen_by(const std::shared_ptr<models::Network>& network, TensorShape shape, int count,
                  const std::string& sensor = "") {
  SeenTiles seen{network, sensor, {}};
  for (int i = 0; i < count; ++i) seen.tiles.push_back(picture(shape));
  return seen;
}

/// latent_rgb_v1, up to a level of 30 of 255.
std::shared_ptr<models::Network> denoiser() {
  auto network = std::make_shared<models::Network>();
  network->spec.kind = models::NetworkKind::LatentRgbV1;
  network->spec.input = {"planes", 6, 1};
  network->spec.output = {"residual", 3, 1};
  network->spec.limits.level_max = 30.0 / 255;
  return network;
}

constexpr TensorShape kSix{1, 6, 48, 48};
constexpr TensorShape kThree{1, 3, 48, 48};

TEST(Int8Loss, TrialsCarryTheNoiseThatTheyAreNamedFor) {
  const auto network = denoiser();
  MadeUp idle(kSix, kThree, [](ConstTensorView, TensorView out) { fill(out, 0.0F); });
  const auto set = trials_of(seen_by(network, kSix, 8), idle, {});
  ASSERT_TRUE(set) << set.error().sentence;
  EXPECT_EQ(set->trials.size(), 2U * 3);       // of two tiles in four; 50 is beyond its levels
  EXPECT_EQ(set->calibration.size(), 6U * 2);  // as they are, and with noise
  for (const Trial& trial : set->trials) {
    const float level = trial.input.view().plane(3)[0];
    EXPECT_EQ(trial.condition, "sigma " + std::to_string(std::lround(255 * level)));
    EXPECT_FLOAT_EQ(trial.input.view().plane(5)[7], level);
  }
  // Who takes nothing away leaves all of the noise: PSNR is that of its sigma.
  const auto scores = scores_of(*network, idle, set->trials, {});
  ASSERT_TRUE(scores);
  ASSERT_EQ(scores->size(), 3U);
  EXPECT_NEAR(scores->at("sigma 5"), -20 * std::log10(5.0 / 255), 0.2);
  EXPECT_NEAR(scores->at("sigma 25"), -20 * std::log10(25.0 / 255), 0.2);
}

TEST(Int8Loss, AnAnswerThatIsOffScoresLessByWhatItIsOff) {
  const auto network = denoiser();
  MadeUp idle(kSix, kThree, [](ConstTensorView, TensorView out) { fill(out, 0.0F); });
  const auto set = trials_of(seen_by(network, kSix, 4), idle, {});
  ASSERT_TRUE(set);
  const float off = 5.0F / 255;
  MadeUp other(kSix, kThree, [&](ConstTensorView, TensorView out) { fill(out, off); });
  const auto before = scores_of(*network, idle, set->trials, {});
  const auto after = scores_of(*network, other, set->trials, {});
  ASSERT_TRUE(before && after);
  // Twice the square of the error.
  EXPECT_NEAR(before->at("sigma 5") - after->at("sigma 5"), 3.01, 0.1);
}

TEST(Int8Loss, OfRawsTheScaleOfAnAnswerIsFree) {
  auto network = std::make_shared<models::Network>();
  network->spec.id = "bayer_v1";
  network->spec.input = {"input", 4, 2};
  network->spec.output = {"output", 3, 1};
  network->gives_whole_picture = true;
  constexpr TensorShape kMosaic{1, 4, 24, 24};
  const auto twice = [](float gain) {
    return [gain](ConstTensorView in, TensorView out) {
      for (int channel = 0; channel < 3; ++channel) {
        const auto from = in.plane(channel == 2 ? 3 : channel);
        for (int y = 0; y < 48; ++y) {
          for (int x = 0; x < 48; ++x) {
            out.plane(channel)[static_cast<std::size_t>(y * 48 + x)] =
                gain * from[static_cast<std::size_t>((y / 2) * 24 + x / 2)];
          }
        }
      }
    };
  };
  MadeUp plain(kMosaic, kThree, twice(1));
  MadeUp bright(kMosaic, kThree, twice(7));
  const auto set = trials_of(seen_by(network, kMosaic, 4, "bayer"), plain, {});
  ASSERT_TRUE(set) << set.error().sentence;
  const auto one = scores_of(*network, plain, set->trials, {});
  const auto seven = scores_of(*network, bright, set->trials, {});
  ASSERT_TRUE(one && seven);
  ASSERT_EQ(one->size(), 4U);
  EXPECT_NEAR(one->at("bayer 0.01"), -20 * std::log10(0.01), 0.5);
  EXPECT_NEAR(one->at("bayer 0.03"), seven->at("bayer 0.03"), 0.01);
}

TEST(Int8Loss, ATileIsTheTruthOfItsReduction) {
  auto network = std::make_shared<models::Network>();
  network->spec.kind = models::NetworkKind::LatentUpscaleV1;
  network->spec.scale = 2;
  network->spec.input = {"planes", 4, 1};
  network->spec.output = {"residual", 12, 2};
  constexpr TensorShape kIn{1, 4, 48, 48};
  constexpr TensorShape kOut{1, 12, 48, 48};
  MadeUp idle(kIn, kOut, [](ConstTensorView, TensorView out) { fill(out, 0.0F); });
  const auto set = trials_of(seen_by(network, kIn, 8), idle, {});
  ASSERT_TRUE(set) << set.error().sentence;
  ASSERT_EQ(set->trials.size(), 2U);
  EXPECT_EQ(set->trials[0].condition, "x2");
  EXPECT_EQ(set->calibration.size(), 6U);
  const auto smooth = scores_of(*network, idle, set->trials, {});
  ASSERT_TRUE(smooth);
  EXPECT_GT(smooth->at("x2"), 45) << "so smooth a picture is enlarged well by a bicubic";
  // Off in one of the four sites of each cell: a quarter of that square.
  MadeUp cell(kIn, kOut, [](ConstTensorView, TensorView out) {
    fill(out, 0.0F);
    for (int channel = 0; channel < 12; channel += 4) {
      std::ranges::fill(out.plane(channel), 0.1F);
    }
  });
  const auto marked = scores_of(*network, cell, set->trials, {});
  ASSERT_TRUE(marked);
  EXPECT_NEAR(marked->at("x2"), -10 * std::log10(0.01 / 4), 0.1);
}

TEST(Int8Loss, NumbersThatAreNotFiniteAreNoAnswer) {
  const auto network = denoiser();
  MadeUp broken(kSix, kThree, [](ConstTensorView, TensorView out) {
    fill(out, std::numeric_limits<float>::quiet_NaN());
  });
  const auto set = trials_of(seen_by(network, kSix, 4), broken, {});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, ErrorCode::ModelMismatch);
}

}  // namespace
}  // namespace latent::tasks
