// SPDX-License-Identifier: GPL-3.0-or-later
// Raws of three colours a pixel through a network made for darktable.
#include <gmock/gmock.h>

#include "function_session.h"
#include "sample_raw.h"
#include "tasks/darktable/raw_network.h"

namespace latent::tasks {
namespace {

constexpr Rect kArea{40, 30, 120, 90};

class DarktableLinear : public testing::Test {
 protected:
  /// A network whose answer is its input times a factor.
  static std::unique_ptr<RawNetwork> times(float factor, bool match_gain, models::Compat compat) {
    DarktableNetwork darktable;
    darktable.contract.kind = models::DarktableKind::LinearV1;
    darktable.contract.compat = compat;
    darktable.contract.tile = 128;
    darktable.contract.overlap = 24;
    darktable.contract.balance = models::DarktableBalance::None;
    darktable.contract.match_gain = match_gain;
    models::NetworkSpec spec = picture_network(3);
    spec.stride_px = 32;
    spec.reach_px = 16;
    auto network = std::make_shared<models::Network>();
    network->spec = spec;
    darktable.network = network;
    auto session = session_of(spec, [factor](ConstTensorView input, TensorView output) {
      std::transform(input.data, input.data + input.shape.count(), output.data,
                     [factor](float sample) { return factor * sample; });
    });
    return darktable_linear_network(std::move(darktable), std::move(session), {});
  }
  static Result<Image<float>> clean(RawNetwork& network, RawPicture& picture) {
    auto counts = Image<float>::create(kArea.size(), 3).value();
    const RawDenoiseSettings settings;
    RawDenoiseReport report;
    LATENT_TRY(const auto before, network.replace(picture, settings, {}, report));
    LATENT_CHECK(network.clean(
        picture, {kArea, {}, settings, false, &before},
        [&](const CleanRows& rows) -> Status {
          for (int y = 0; y < rows.counts.height(); ++y) {
            std::ranges::copy(rows.counts.row(y), counts.view().row(rows.first_row + y).begin());
          }
          return {};
        },
        {}, report));
    return counts;
  }
  static void expect_counts_of(const LinearRaw& source, const Image<float>& counts, double near) {
    for (int y = 0; y < kArea.height; ++y) {
      for (int x = 0; x < kArea.width; ++x) {
        ASSERT_NEAR(counts.view().at(x, y, 2),
                    source.samples.view().at(kArea.x + x, kArea.y + y, 2), near);
      }
    }
  }
};

TEST_F(DarktableLinear, ComeBackAsTheyWereFromANetworkThatChangesNothing) {
  RawPicture picture = sample_linear();
  const auto counts = clean(*times(1, false, models::Compat::None), picture);
  ASSERT_TRUE(counts) << counts.error().sentence;
  expect_counts_of(sample_linear(), *counts, 0.1);
}

TEST_F(DarktableLinear, AreScaledBackWhereTheScaleOfTheAnswerIsFree) {
  RawPicture picture = sample_linear();
  const auto counts = clean(*times(0.4F, true, models::Compat::None), picture);
  ASSERT_TRUE(counts) << counts.error().sentence;
  expect_counts_of(sample_linear(), *counts, 0.5);
}

TEST_F(DarktableLinear, ThatTheNetworkDoesNotAnswerAreRefused) {
  RawPicture picture = sample_linear();
  const auto counts = clean(*times(0, true, models::Compat::None), picture);
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, ErrorCode::ModelMismatch);
  EXPECT_THAT(counts.error().sentence, testing::HasSubstr("--compat darktable-5.6"));
}

TEST_F(DarktableLinear, AreReplacedWholeByDarktablesArithmeticInLevelsOfItsOwn) {
  RawPicture picture = sample_linear();
  const auto network = times(1, false, models::Compat::Darktable56);
  EXPECT_FALSE(network->is_plain());
  const auto counts = clean(*network, picture);
  ASSERT_TRUE(counts) << counts.error().sentence;
  const auto& linear = std::get<LinearRaw>(picture);
  EXPECT_EQ(linear.white[0], 65535.0F);
  EXPECT_EQ(linear.black[0], 0.0F);
  const LinearRaw source = sample_linear();
  const double expected =
      65535.0 / static_cast<double>(source.white[1]) * source.samples.view().at(50, 50, 1);
  EXPECT_NEAR(counts->view().at(50 - kArea.x, 50 - kArea.y, 1), expected, 2);
}

}  // namespace
}  // namespace latent::tasks
