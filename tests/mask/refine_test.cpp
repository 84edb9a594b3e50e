// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/refine.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scenes.h"

namespace latent::mask {
namespace {

constexpr Size kFull{1200, 800};

double truth(int x, int y) {  // coverage of a disc of radius 250, an edge of one pixel
  const double d = 250.0 - std::hypot(x - 600.0, y - 400.0);
  return std::clamp(d + 0.5, 0.0, 1.0);
}

/// The disc in red on green, and a small mask of it that is off by a pixel of its own.
struct Scene {
  Image<std::uint8_t> picture = Image<std::uint8_t>::create(kFull, 3).value();
  Image<std::uint8_t> mask = Image<std::uint8_t>::create({300, 200}).value();

  Scene() {
    for (int y = 0; y < kFull.height; ++y) {
      for (int x = 0; x < kFull.width; ++x) {
        const double a = truth(x, y);
        const int noise = grain(x, y, 6);
        auto* pixel = &picture.view().at(x, y);
        pixel[0] = static_cast<std::uint8_t>(40 + 150 * a + noise);
        pixel[1] = static_cast<std::uint8_t>(140 - 90 * a + noise);
        pixel[2] = static_cast<std::uint8_t>(70 + 10 * a - noise);
      }
    }
    for (int y = 0; y < 200; ++y) {
      for (int x = 0; x < 300; ++x) {
        mask.view().at(x, y) = in_disc(x - 1, y, 150, 100, 63) ? 1 : 0;
      }
    }
  }

  [[nodiscard]] double error(const SoftMask& found) const {
    double sum = 0;
    for (int y = 0; y < kFull.height; ++y) {
      for (int x = 0; x < kFull.width; ++x) sum += std::abs(found.view().at(x, y) - truth(x, y));
    }
    return sum;
  }
};

TEST(Refine, BringsTheOutlineToTheEdgeOfThePicture) {
  const Scene scene;
  const auto coarse = refine(scene.picture.view(), scene.mask.view(), {Refinement::None});
  const auto edge = refine(scene.picture.view(), scene.mask.view(), {Refinement::Edge});
  const auto hair = refine(scene.picture.view(), scene.mask.view(), {Refinement::Hair});
  ASSERT_TRUE(coarse && edge && hair);
  EXPECT_EQ(edge->size(), kFull);
  EXPECT_LT(scene.error(*edge), 0.7 * scene.error(*coarse));
  EXPECT_LT(scene.error(*hair), 0.7 * scene.error(*coarse));
}

TEST(Refine, IsCertainAwayFromTheOutline) {
  const Scene scene;
  for (const auto how : {Refinement::None, Refinement::Edge, Refinement::Hair}) {
    const auto found = refine(scene.picture.view(), scene.mask.view(), {how});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->view().at(600, 400), 1.0F);
    EXPECT_EQ(found->view().at(20, 20), 0.0F);
    for (int y = 0; y < kFull.height; y += 3) {
      for (const float value : found->view().row(y)) {
        ASSERT_GE(value, 0.0F);
        ASSERT_LE(value, 1.0F);
      }
    }
  }
}

TEST(Refine, IsTheSameOnAnyNumberOfThreads) {
  const Scene scene;
  RefineSettings one{Refinement::Edge};
  one.threads = 1;
  RefineSettings three{Refinement::Edge};
  three.threads = 3;
  const auto a = refine(scene.picture.view(), scene.mask.view(), one);
  const auto b = refine(scene.picture.view(), scene.mask.view(), three);
  ASSERT_TRUE(a && b);
  for (int y = 0; y < kFull.height; ++y) {
    ASSERT_TRUE(std::ranges::equal(a->view().row(y), b->view().row(y))) << "row " << y;
  }
}

TEST(Refine, KeepsAFullAndAnEmptyMask) {
  const auto picture = discs({90, 60}, {{40, 30, 20}});
  for (const std::uint8_t label : {std::uint8_t{0}, std::uint8_t{1}}) {
    auto mask = Image<std::uint8_t>::create({90, 60}).value();
    for (int y = 0; y < 60; ++y) std::ranges::fill(mask.view().row(y), label);
    for (const auto how : {Refinement::None, Refinement::Edge, Refinement::Hair}) {
      const auto found = refine(picture.view(), mask.view(), {how});
      ASSERT_TRUE(found);
      EXPECT_EQ(found->view().at(0, 0), static_cast<float>(label));
      EXPECT_EQ(found->view().at(89, 59), static_cast<float>(label));
    }
  }
}

TEST(Refine, TakesAnObjectOfOnePixelAtTheCorner) {
  const auto picture = discs({90, 60}, {{40, 30, 20}});
  auto mask = Image<std::uint8_t>::create({90, 60}).value();
  mask.view().at(89, 59) = 1;
  for (const auto how : {Refinement::None, Refinement::Edge, Refinement::Hair}) {
    const auto found = refine(picture.view(), mask.view(), {how});
    ASSERT_TRUE(found) << found.error().sentence;
    EXPECT_EQ(found->view().at(0, 0), 0.0F);
  }
}

}  // namespace
}  // namespace latent::mask
