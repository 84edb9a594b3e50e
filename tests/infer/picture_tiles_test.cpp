// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of finished pictures through the tile pipeline: the answer covers an enlarged frame.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "infer/proof.h"
#include "infer/tile_runner.h"
#include "test_networks.h"

namespace latent::infer {
namespace {

constexpr Size kFrame{131, 86};  ///< no multiple of the stride
constexpr Rect kWhole{0, 0, kFrame.width, kFrame.height};

class PictureTiles : public testing::TestWithParam<const char*> {
 protected:
  PictureTiles() : network_(picture_network(GetParam())), scale_(network_.spec.scale) {
    const TensorShape shape{1, network_.spec.input.channels, kFrame.height, kFrame.width};
    scene_ = noise(shape, 7);
    request_.precision = Precision::F32;
    request_.engine = EngineKind::OpenVino;
  }

  Status pack(const Rect& tile, TensorView planes) const {
    for (int p = 0; p < planes.shape.channels; ++p) {
      for (int y = 0; y < tile.height; ++y) {
        for (int x = 0; x < tile.width; ++x) {
          planes.plane(p)[static_cast<std::size_t>(y * tile.width + x)] = scene_.view().plane(
              p)[static_cast<std::size_t>(mirror_index(tile.y + y, kFrame.height) * kFrame.width +
                                          mirror_index(tile.x + x, kFrame.width))];
        }
      }
    }
    return {};
  }

  /// The answer over a region through tiles, [region height * s, region width * s, 3].
  std::vector<float> tiled(const Rect& region, int max_side) {
    TileOptions options;
    options.max_side_px = max_side;
    const auto plan = TilePlan::create(network_.spec, kFrame, region, options);
    EXPECT_TRUE(plan) << plan.error().sentence;
    auto session = create_session(network_, plan->tile(), request_);
    EXPECT_TRUE(session) << session.error().sentence;
    std::vector<float> answer;
    int expected_row = 0;
    const auto take = [&](int first, ImageView<const float> rows) -> Status {
      EXPECT_EQ(first, expected_row);
      EXPECT_EQ(rows.width(), region.width * scale_);
      EXPECT_EQ(rows.channels(), 3);
      expected_row += rows.height();
      for (int y = 0; y < rows.height(); ++y) {
        answer.insert(answer.end(), rows.row(y).begin(), rows.row(y).end());
      }
      return {};
    };
    RunControl control;
    double progress = 0;
    control.on_progress = [&](double fraction) {
      EXPECT_GE(fraction, progress);
      progress = fraction;
    };
    const auto stats = run_tiles(
        *plan, network_.spec, **session,
        [&](const Rect& tile, TensorView planes) { return pack(tile, planes); }, take, control);
    EXPECT_TRUE(stats) << stats.error().sentence;
    EXPECT_EQ(expected_row, region.height * scale_);
    EXPECT_EQ(progress, 1.0);
    return answer;
  }

  /// The same by the definition: one run over the frame continued to the stride, channel
  /// p * s * s + dy * s + dx at (x, y) being plane p at (x * s + dx, y * s + dy).
  std::vector<float> by_definition(const Rect& region) {
    const int stride = network_.spec.stride_px;
    const Size padded{round_up(kFrame.width, stride), round_up(kFrame.height, stride)};
    auto session = create_session(network_, padded, request_);
    EXPECT_TRUE(session) << session.error().sentence;
    auto input = Tensor::create((*session)->input_shape());
    auto output = Tensor::create((*session)->output_shape());
    EXPECT_EQ(output->shape(), (TensorShape{1, 3 * scale_ * scale_, padded.height, padded.width}));
    EXPECT_TRUE(pack({0, 0, padded.width, padded.height}, input->view()));
    EXPECT_TRUE((*session)->run(input->view(), output->view()));
    std::vector<float> answer;
    for (int y = region.y * scale_; y < region.bottom() * scale_; ++y) {
      for (int x = region.x * scale_; x < region.right() * scale_; ++x) {
        for (int p = 0; p < 3; ++p) {
          const int channel = (p * scale_ + y % scale_) * scale_ + x % scale_;
          answer.push_back(output->view().plane(
              channel)[static_cast<std::size_t>(y / scale_ * padded.width + x / scale_)]);
        }
      }
    }
    return answer;
  }

  static void expect_equal(const std::vector<float>& found, const std::vector<float>& expected) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 1e-4) << i;
  }

  models::Network network_;
  int scale_;
  Tensor scene_;
  EngineRequest request_;
};

INSTANTIATE_TEST_SUITE_P(Networks, PictureTiles, testing::Values("rgb", "up2", "up4"),
                         [](const auto& name) { return std::string(name.param); });

TEST_P(PictureTiles, EqualTheWholeForEveryTileSize) {
  const auto expected = by_definition(kWhole);
  for (const int side : {24, 40, 64, 0}) expect_equal(tiled(kWhole, side), expected);
}

TEST_P(PictureTiles, ARegionHasThePixelsOfTheWhole) {
  for (const Rect region : {Rect{1, 0, 7, 5}, {33, 21, 60, 50}, {130, 80, 1, 6}}) {
    expect_equal(tiled(region, 32), by_definition(region));
  }
}

TEST_P(PictureTiles, TheirGoldenPairIsHeldAndProvesADevice) {
  const Size tile{32, 24};
  auto session = create_session(network_, tile, request_);
  ASSERT_TRUE(session) << session.error().sentence;
  ASSERT_TRUE((*session)->run(network_.golden_input.view(), network_.golden_output.view()));
  const auto verdict = check_golden(network_, request_);
  ASSERT_TRUE(verdict) << verdict.error().sentence;
  EXPECT_TRUE(verdict->passed) << verdict->problem;
  EXPECT_GT(verdict->rms_expected, 0.1);
  network_.golden_output.view().data[11] += 0.5F;
  const auto wrong = check_golden(network_, request_);
  ASSERT_TRUE(wrong);
  EXPECT_FALSE(wrong->passed);

  EngineRequest automatic;
  network_.tolerance_bf16 = 0.2;
  const auto proved = open_proved_session(network_, {64, 40}, automatic);
  ASSERT_TRUE(proved) << proved.error().sentence;
  EXPECT_TRUE(proved->verdict.passed) << proved->verdict.problem;
}

}  // namespace
}  // namespace latent::infer
