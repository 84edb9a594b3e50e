// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/doors.h"

#include <gtest/gtest.h>

#include <array>

#include "sample_picture.h"

namespace latent::tasks {
namespace {

constexpr rgb::GamutGuard kGuard{0, 1, 0.25F};

TEST(PictureDoors, PackThePictureAsItIsInsideTheRangeOfTheNetwork) {
  const auto source = PictureSource::of(sample_picture({50, 40}));
  ASSERT_TRUE(source);
  auto planes = Tensor::create({1, 3, 40, 24}).value();
  const Rect tile{16, 0, 24, 40};
  ASSERT_TRUE(pack_picture(*source, kGuard, WideGamut::Preserve, false, tile, planes.view()));
  const auto& image = std::get<Image<float>>(source->picture().samples);
  for (const int y : {0, 31, 32, 39}) {  // on both sides of a band
    const auto at = static_cast<std::size_t>(y * 24 + 5);
    EXPECT_FLOAT_EQ(planes.view().plane(2)[at], image.view().at(21, y, 2));
  }
}

TEST(PictureDoors, LiftShadowsByTheRootOfTheLight) {
  Picture picture = sample_picture({8, 8});
  auto& image = std::get<Image<float>>(picture.samples);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) {
      for (int c = 0; c < 3; ++c) image.view().at(x, y, c) = 0.0404F + 0.1F * static_cast<float>(c);
    }
  }
  const auto source = PictureSource::of(std::move(picture));
  ASSERT_TRUE(source);
  auto planes = Tensor::create({1, 3, 8, 8}).value();
  ASSERT_TRUE(
      pack_picture(*source, kGuard, WideGamut::Preserve, true, {0, 0, 8, 8}, planes.view()));
  // 0.0404 encoded is 0.00313 of light, whose root 0.0559 is 0.2622 encoded.
  EXPECT_NEAR(planes.view().plane(0)[0], 0.2622F, 1e-3);
}

TEST(PictureDoors, TurnAnAnswerThatIsTheSourceIntoNoResidual) {
  const std::array<float, 3> bent{0.2F, 0.5F, 0.9F};
  std::array<float, 3> answer = bent;
  become_residual(bent.data(), answer.data(), false, 3);
  EXPECT_EQ(answer, (std::array<float, 3>{0, 0, 0}));
}

TEST(PictureDoors, UndoTheLiftOfShadowsBeforeTheySubtract) {
  // An answer of 0.7354 is light 0.5, whose square 0.25 is 0.5371 encoded.
  const std::array<float, 1> bent{0.6F};
  std::array<float, 1> answer{0.735357F};
  become_residual(bent.data(), answer.data(), true, 1);
  EXPECT_NEAR(answer[0], 0.6F - 0.5371F, 1e-4);
}

}  // namespace
}  // namespace latent::tasks
