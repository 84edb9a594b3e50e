// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/upscale_run.h"

#include <gtest/gtest.h>

#include "function_session.h"
#include "sample_picture.h"

namespace latent::tasks {
namespace {

constexpr Size kSize{60, 50};

class PictureUpscaleRun : public testing::Test {
 protected:
  /// The region enlarged twice, the network finding `residual` everywhere.
  Image<float> enlarged(const Rect& region, const UpscaleSettings& settings, float residual = 0) {
    const models::NetworkSpec spec = picture_network(4, 2);
    NetworkSession session = session_of(spec, [residual](ConstTensorView, TensorView output) {
      std::fill_n(output.data, output.shape.count(), residual);
    });
    auto run = UpscaleRun::create(source_, spec, region, settings);
    EXPECT_TRUE(run) << run.error().sentence;
    EXPECT_TRUE(session.ready(run->plan().tile()));
    auto image = Image<float>::create({2 * region.width, 2 * region.height}, 3).value();
    int row = 0;
    TaskReport report;
    const Status ran = run->run(
        session,
        [&](ImageView<const float> rows) -> Status {
          for (int y = 0; y < rows.height(); ++y) {
            std::ranges::copy(rows.row(y), image.view().row(row++).begin());
          }
          return {};
        },
        {}, report);
    EXPECT_TRUE(ran) << ran.error().sentence;
    EXPECT_EQ(row, image.height());
    rms_ = run->consistency_rms();
    return image;
  }
  static UpscaleSettings free() {
    UpscaleSettings settings;
    settings.consistent = false;
    settings.overshoot = Overshoot::Free;
    return settings;
  }

  PictureSource source_ = PictureSource::of(sample_picture(kSize)).value();
  std::optional<double> rms_;
};

constexpr Rect kWhole{0, 0, kSize.width, kSize.height};
constexpr Rect kRegion{17, 9, 20, 24};

TEST_F(PictureUpscaleRun, OfNoResidualIsThePlainEnlargement) {
  const auto found = enlarged(kRegion, free());
  auto plain = Image<float>::create(found.size(), 3).value();
  ASSERT_TRUE(enlarge_plainly(source_, kRegion, 2, plain.view()));
  for (int y = 0; y < found.height(); ++y) {
    for (int x = 0; x < found.width(); ++x) {
      ASSERT_NEAR(found.view().at(x, y, 1), plain.view().at(x, y, 1), 1e-6);
    }
  }
  EXPECT_FALSE(rms_);
}

TEST_F(PictureUpscaleRun, SubtractsTheResidual) {
  const auto none = enlarged(kRegion, free());
  const auto some = enlarged(kRegion, free(), 0.125F);
  EXPECT_NEAR(none.view().at(8, 8, 2) - some.view().at(8, 8, 2), 0.125F, 1e-6);
}

TEST_F(PictureUpscaleRun, HoldsTheMeanOfTheSourceWhateverTheNetworkFinds) {
  UpscaleSettings consistent = free();
  consistent.consistent = true;
  const auto found = enlarged(kWhole, consistent, 0.125F);
  const auto plain = enlarged(kWhole, free());
  double difference = 0;
  for (int y = 0; y < found.height(); ++y) {
    for (std::size_t i = 0; i < found.view().row(y).size(); ++i) {
      difference += static_cast<double>(found.view().row(y)[i] - plain.view().row(y)[i]);
    }
  }
  EXPECT_LT(std::abs(difference) / static_cast<double>(3 * found.size().area()), 0.01);
}

TEST_F(PictureUpscaleRun, OfARegionHasThePixelsOfTheWhole) {
  const auto whole = enlarged(kWhole, {}, 0.02F);
  const auto part = enlarged(kRegion, {}, 0.02F);
  for (int y = 0; y < part.height(); ++y) {
    for (int x = 0; x < part.width(); ++x) {
      ASSERT_NEAR(part.view().at(x, y), whole.view().at(2 * kRegion.x + x, 2 * kRegion.y + y),
                  1e-3);
    }
  }
}

TEST_F(PictureUpscaleRun, StaysBetweenTheSamplesAroundWhereOvershootIsBounded) {
  UpscaleSettings bounded = free();
  bounded.overshoot = Overshoot::Bounded;
  const auto found = enlarged(kWhole, bounded, 2.0F);  // far below every sample
  for (int y = 0; y < found.height(); ++y) {
    for (const float sample : found.view().row(y)) ASSERT_GT(sample, -0.5F);
  }
}

}  // namespace
}  // namespace latent::tasks
