// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/one_hue.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

namespace latent::rgb {
namespace {

using Pixel = std::array<float, 3>;
using PixelAt = std::function<Pixel(int x, int y)>;

constexpr Size kSize{200, 150};

std::optional<OneHue> found(const PixelAt& pixel) {
  const auto read = [&](const Rect& area, ImageView<float> out) {
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        const Pixel value = pixel(area.x + x, area.y + y);
        for (int c = 0; c < 3; ++c) out.at(x, y, c) = value[static_cast<std::size_t>(c)];
      }
    }
  };
  auto hue = OneHue::find(kSize, read);
  EXPECT_TRUE(hue);
  return *hue;
}

float shade(int x, int y) { return static_cast<float>((x * 7 + y * 13) % 200) / 199.0F; }

Pixel sepia(float grey) { return {std::pow(grey, 0.8F), grey, std::pow(grey, 1.4F)}; }

Pixel rounded(Pixel pixel) {
  for (float& sample : pixel) sample = std::round(sample * 255.0F) / 255.0F;
  return pixel;
}

TEST(OneHue, IsFoundOfATonedPictureOfEightBits) {
  EXPECT_TRUE(found([](int x, int y) { return rounded(sepia(shade(x, y))); }));
}

TEST(OneHue, IsNotFoundOfAColouredPictureNorOfOneColouredThing) {
  EXPECT_FALSE(found([](int x, int y) {
    return Pixel{shade(x, y), shade(y, x), shade(x + y, x)};
  }));
  EXPECT_FALSE(found([](int x, int y) {
    const float grey = shade(x, y);
    return x > 90 && x < 110 && y > 70 && y < 80 ? Pixel{0.8F, 0.1F, 0.1F}
                                                 : Pixel{grey, grey, grey};
  }));
}

TEST(OneHue, IsNoneWhereColourChangesFasterThanBrightness) {
  EXPECT_FALSE(found([](int x, int) {
    return x < 100 ? Pixel{0.8F, 0.1F, 0.1F} : Pixel{0.1F, 0.1F, 0.81F};
  }));
}

TEST(OneHue, LeadsWhatIsTakenAlongTheCurve) {
  const auto hue = found([](int x, int y) { return sepia(shade(x, y)); });
  ASSERT_TRUE(hue);
  const Pixel before = sepia(0.5F);
  Pixel taken{0.15F, -0.03F, 0.06F};
  hue->lead(before.data(), taken.data(), 1);
  const Pixel after{before[0] - taken[0], before[1] - taken[1], before[2] - taken[2]};
  const Pixel wanted = sepia(after[1]);
  EXPECT_NEAR(after[0], wanted[0], 0.004F);
  EXPECT_NEAR(after[2], wanted[2], 0.004F);
  EXPECT_NEAR((taken[0] + taken[1] + taken[2]) / 3, 0.06F, 1e-6F);
}

TEST(OneHue, TakesNothingWhereNothingIsTaken) {
  const auto hue = found([](int x, int y) { return sepia(shade(x, y)); });
  ASSERT_TRUE(hue);
  const Pixel beside{0.5F, 0.4F, 0.3F};
  Pixel taken{0, 0, 0};
  hue->lead(beside.data(), taken.data(), 1);
  EXPECT_EQ(taken, (Pixel{0, 0, 0}));
}

TEST(OneHue, PutsPixelsOnTheCurveByTheirBrightness) {
  const auto hue = found([](int x, int y) { return sepia(shade(x, y)); });
  ASSERT_TRUE(hue);
  Pixel pixel = sepia(0.6F);
  pixel[0] += 0.05F;
  pixel[2] -= 0.05F;
  hue->put(pixel.data(), 1);
  EXPECT_NEAR(pixel[0], sepia(0.6F)[0], 0.004F);
  EXPECT_NEAR(pixel[2], sepia(0.6F)[2], 0.004F);
}

}  // namespace
}  // namespace latent::rgb
