// SPDX-License-Identifier: GPL-3.0-or-later
// Rule 2 of docs/architecture.md, with the network that ships and a photograph with noise.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "infer/proof.h"
#include "infer/tile_runner.h"
#include "models/store/registry.h"
#include "test_networks.h"

namespace latent::infer {
namespace {

constexpr double kStep = 1.0 / 255;  ///< an 8-bit step of the encoded value
constexpr Size kFrame{1500, 1000};   ///< 1500 is no multiple of the stride

struct Difference {
  double worst = 0;
  double rms = 0;
};

class ShippedNetwork : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const models::Registry registry({std::filesystem::path(LATENT_SOURCE_DIR) / "weights"});
    auto package = registry.open("latent-raw");
    if (!package) return;
    auto network = models::load_network(*package, models::NetworkKind::LatentCfaV1);
    ASSERT_TRUE(network) << network.error().sentence;
    network_ = *std::move(network);
    auto scene = models::parse_npy(read_bytes(made("scene.npy")), "scene.npy");
    ASSERT_TRUE(scene) << scene.error().sentence;
    scene_ = *std::move(scene);
  }
  static void TearDownTestSuite() {
    network_.reset();
    scene_ = {};
  }
  void SetUp() override {
    if (!network_) GTEST_SKIP() << "no weights/latent-raw.dtmodel in this checkout";
    ASSERT_EQ(scene_.shape(), (TensorShape{1, 5, kFrame.height, kFrame.width}));
  }

  static Status pack(const Rect& tile, TensorView planes) {
    for (int p = 0; p < 5; ++p) {
      const auto from = std::as_const(scene_).view().plane(p);
      for (int y = 0; y < tile.height; ++y) {
        const int row = mirror_index(tile.y + y, kFrame.height);
        for (int x = 0; x < tile.width; ++x) {
          const int column = mirror_index(tile.x + x, kFrame.width);
          planes.plane(p * 4 + y % 2 * 2 +
                       x % 2)[static_cast<std::size_t>(y / 2 * planes.shape.width + x / 2)] =
              from[static_cast<std::size_t>(row * kFrame.width + column)];
        }
      }
    }
    return {};
  }

  /// The residual of a region of the scene, [region height, region width].
  static std::vector<float> residual(const Rect& region, int max_side, Precision precision,
                                     EngineKind engine = EngineKind::OpenVino) {
    TileOptions tiles;
    tiles.max_side_px = max_side;
    const auto plan = TilePlan::create(network_->spec, kFrame, region, tiles);
    EXPECT_TRUE(plan);
    EngineRequest request;
    request.precision = precision;
    request.engine = engine;
    auto session = create_session(*network_, plan->tile(), request);
    EXPECT_TRUE(session) << session.error().sentence;
    std::vector<float> answer;
    const TakeRows take = [&](int /*first_row*/, ImageView<const float> rows) -> Status {
      for (int y = 0; y < rows.height(); ++y) {
        answer.insert(answer.end(), rows.row(y).begin(), rows.row(y).end());
      }
      return {};
    };
    const auto stats = run_tiles(*plan, network_->spec, **session, pack, take, {});
    EXPECT_TRUE(stats) << stats.error().sentence;
    return answer;
  }

  /// Between a region's own answer and the same part of the whole frame's, in 8-bit steps.
  static Difference difference(const std::vector<float>& part, const Rect& region,
                               const std::vector<float>& whole) {
    Difference found;
    double squares = 0;
    for (int y = 0; y < region.height; ++y) {
      for (int x = 0; x < region.width; ++x) {
        const auto here = static_cast<std::size_t>(y * region.width + x);
        const auto there = static_cast<std::size_t>((region.y + y) * kFrame.width + region.x + x);
        const double steps = std::abs(double{part.at(here)} - double{whole.at(there)}) / kStep;
        found.worst = std::max(found.worst, steps);
        squares += steps * steps;
      }
    }
    found.rms = std::sqrt(squares / static_cast<double>(region.size().area()));
    return found;
  }

  static std::optional<models::Network> network_;
  static Tensor scene_;
};

std::optional<models::Network> ShippedNetwork::network_;
Tensor ShippedNetwork::scene_;

constexpr Rect kWhole{0, 0, kFrame.width, kFrame.height};
constexpr Rect kRegion{411, 333, 300, 280};

TEST_F(ShippedNetwork, DoesSomethingHere) {
  const auto answer = residual(kRegion, 0, Precision::F32);
  double squares = 0;
  for (const float sample : answer) squares += double{sample} * double{sample};
  // The scene's noise has sigma_u 0.03: a network that takes less than a third of it away is not
  // one.
  EXPECT_GT(std::sqrt(squares / static_cast<double>(answer.size())), 0.01);
}

TEST_F(ShippedNetwork, InFloat32TilesAndRegionsAreTheWholeWithinAQuarterStep) {
  const auto whole = residual(kWhole, 4096, Precision::F32);
  ASSERT_EQ(whole.size(), static_cast<std::size_t>(kFrame.area()));
  const auto tiled = difference(residual(kWhole, 416, Precision::F32), kWhole, whole);
  EXPECT_LT(tiled.worst, 0.25);
  const auto region = difference(residual(kRegion, 0, Precision::F32), kRegion, whole);
  EXPECT_LT(region.worst, 0.25);
  RecordProperty("tiled_worst_steps", std::to_string(tiled.worst));
  RecordProperty("region_worst_steps", std::to_string(region.worst));
}

TEST_F(ShippedNetwork, InBf16TheyAreWithinTheStatedSteps) {
  const auto session = create_session(*network_, {512, 512}, {});
  ASSERT_TRUE(session);
  if ((*session)->info().precision != Precision::Bf16) GTEST_SKIP() << "no bf16 in this processor";
  const auto whole = residual(kWhole, 4096, Precision::Bf16);
  const auto tiled = difference(residual(kWhole, 416, Precision::Bf16), kWhole, whole);
  EXPECT_LT(tiled.rms, 0.05);
  EXPECT_LE(tiled.worst, 1.0);
  const auto region = difference(residual(kRegion, 0, Precision::Bf16), kRegion, whole);
  EXPECT_LT(region.rms, 0.05);
  EXPECT_LE(region.worst, 1.0);
  RecordProperty("tiled_rms_steps", std::to_string(tiled.rms));
  RecordProperty("tiled_worst_steps", std::to_string(tiled.worst));
}

TEST_F(ShippedNetwork, InInt8TheyAreWithinTheStatedSteps) {
  ASSERT_TRUE(network_->int8) << "the package that ships has an int8 file";
  const auto whole = residual(kWhole, 4096, Precision::Int8);
  const auto tiled = difference(residual(kWhole, 416, Precision::Int8), kWhole, whole);
  EXPECT_LT(tiled.rms, 0.05);
  EXPECT_LE(tiled.worst, 1.0);
  const auto region = difference(residual(kRegion, 0, Precision::Int8), kRegion, whole);
  EXPECT_LT(region.rms, 0.05);
  EXPECT_LE(region.worst, 1.0);
  RecordProperty("tiled_rms_steps", std::to_string(tiled.rms));
  RecordProperty("tiled_worst_steps", std::to_string(tiled.worst));
  RecordProperty("region_worst_steps", std::to_string(region.worst));
  const auto exact = difference(residual(kRegion, 0, Precision::F32), kRegion, whole);
  EXPECT_GT(exact.rms, 0.01) << "it is not the float32 file that ran";
  EXPECT_LT(exact.rms, 255 * network_->spec.int8->rms_from_f32);
}

/// Checks a network's golden answer in both engines; ONNX Runtime may be missing.
template <class Look>
void for_both_engines(const models::Network& network, Precision precision, const Look& look) {
  for (const EngineKind engine : {EngineKind::OpenVino, EngineKind::OnnxRuntime}) {
    EngineRequest request;
    request.engine = engine;
    request.precision = precision;
    const auto verdict = check_golden(network, request);
    if (engine == EngineKind::OnnxRuntime && !verdict &&
        verdict.error().code == ErrorCode::NotFound) {
      continue;
    }
    ASSERT_TRUE(verdict) << verdict.error().sentence;
    EXPECT_TRUE(verdict->passed) << verdict->problem;
    look(*verdict);
  }
}

TEST_F(ShippedNetwork, BothEnginesKeepTheGoldenAnswerInInt8) {
  for_both_engines(*network_, Precision::Int8,
                   [](const ProofVerdict& verdict) { EXPECT_GT(verdict.rms_expected, 0.001); });
}

TEST_F(ShippedNetwork, BothEnginesKeepTheGoldenPair) {
  for_both_engines(*network_, Precision::F32,
                   [](const ProofVerdict& verdict) { EXPECT_LT(verdict.worst, 1e-3); });
  const auto automatic = check_golden(*network_, {});
  ASSERT_TRUE(automatic);
  EXPECT_TRUE(automatic->passed) << automatic->problem;
}

TEST_F(ShippedNetwork, IsProvedAsItWillBeUsed) {
  const CacheFolder cache;
  EngineRequest request;
  request.cache_dir = cache.path();
  const auto proved = open_proved_session(*network_, {512, 384}, request);
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_TRUE(proved->notices.empty()) << proved->notices[0];
  EXPECT_TRUE(proved->verdict.passed);
  const auto again = open_proved_session(*network_, {512, 384}, request);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->verdict.cached, again->session->info().precision != Precision::F32);
}

}  // namespace
}  // namespace latent::infer
