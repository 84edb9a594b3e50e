// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/residual_run.h"

#include <gtest/gtest.h>

#include "function_session.h"
#include "sample_picture.h"

namespace latent::tasks {
namespace {

constexpr Size kSize{90, 70};
constexpr Rect kArea{20, 10, 50, 40};

class PictureResidualRun : public testing::Test {
 protected:
  /// Rows of kArea, from a network that is `function`.
  static Image<float> residual(const PictureSource& source, const rgb::NoiseLevel& level,
                               const ResidualRun::Ways& ways, NetworkFunction function) {
    const models::NetworkSpec spec = picture_network();
    NetworkSession session = session_of(spec, std::move(function));
    auto run = ResidualRun::create(source, level, spec, kArea, ways);
    EXPECT_TRUE(run) << run.error().sentence;
    EXPECT_TRUE(session.ready(run->plan().tile()));
    auto found = Image<float>::create(kArea.size(), 3).value();
    int row = 0;
    TaskReport report;
    const Status ran = run->run(
        session,
        [&](ImageView<const float> rows) -> Status {
          for (int y = 0; y < rows.height(); ++y) {
            std::ranges::copy(rows.row(y), found.view().row(row++).begin());
          }
          return {};
        },
        {}, report);
    EXPECT_TRUE(ran) << ran.error().sentence;
    EXPECT_EQ(row, kArea.height);
    return found;
  }

  /// Plane `first` + c, times `factor`, becomes channel c.
  static NetworkFunction planes_from(int first, float factor) {
    return [=](ConstTensorView input, TensorView output) {
      for (int c = 0; c < 3; ++c) {
        std::ranges::transform(input.plane(first + c), output.plane(c).begin(),
                               [factor](float sample) { return factor * sample; });
      }
    };
  }
};

TEST_F(PictureResidualRun, HandsOnWhatTheNetworkFindsInEveryPixelOfTheArea) {
  const auto source = PictureSource::of(sample_picture(kSize)).value();
  const auto found = residual(source, {}, {}, planes_from(0, 0.25F));
  const auto& image = std::get<Image<float>>(source.picture().samples);
  for (int y = 0; y < kArea.height; ++y) {
    for (int x = 0; x < kArea.width; ++x) {
      ASSERT_NEAR(found.view().at(x, y, 1), 0.25F * image.view().at(kArea.x + x, kArea.y + y, 1),
                  1e-5);
    }
  }
}

TEST_F(PictureResidualRun, GivesTheNetworkNoHigherLevelThanItWasTrainedFor) {
  const auto source = PictureSource::of(sample_picture(kSize)).value();
  const auto low = residual(source, rgb::NoiseLevel::uniform(0.1F), {}, planes_from(3, 1));
  const auto high = residual(source, rgb::NoiseLevel::uniform(0.9F), {}, planes_from(3, 1));
  EXPECT_NEAR(low.view().at(7, 7, 0), 0.1F, 1e-5);
  EXPECT_NEAR(high.view().at(7, 7, 0), 0.4F, 1e-5);
}

TEST_F(PictureResidualRun, OfGreyPicturesGivesTheMeanOfThreeChannels) {
  const auto source = PictureSource::of(sample_picture(kSize, 1)).value();
  const auto found = residual(source, {}, {}, [](ConstTensorView, TensorView output) {
    for (int c = 0; c < 3; ++c) {
      std::ranges::fill(output.plane(c), 0.01F * static_cast<float>(c));
    }
  });
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(found.view().at(9, 9, c), 0.01F, 1e-6);
}

TEST_F(PictureResidualRun, OfANetworkThatGivesThePictureIsWhatItTookAway) {
  const auto source = PictureSource::of(sample_picture(kSize)).value();
  ResidualRun::Ways ways;
  ways.doors.on = true;
  const auto found = residual(source, {}, ways, planes_from(0, 0.9F));
  const auto& image = std::get<Image<float>>(source.picture().samples);
  EXPECT_NEAR(found.view().at(4, 5, 2), 0.1F * image.view().at(kArea.x + 4, kArea.y + 5, 2), 1e-5);
}

}  // namespace
}  // namespace latent::tasks
