// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/level_texture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace latent::rgb {
namespace {

constexpr int kSide = 320;
constexpr float kStep = 1.0F / 255.0F;
using Colour = std::array<float, 3>;

/// A picture of `colour`, lighter to the right, on which `draw` may work.
struct Made {
  std::vector<float> pixels = std::vector<float>(std::size_t{kSide} * kSide * 3);
  std::mt19937 random{5};
  std::normal_distribution<float> normal{0.0F, 1.0F};

  explicit Made(const Colour& colour) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        for (std::size_t c = 0; c < 3; ++c) {
          at(x, y, c) = colour[c] * (0.8F + 0.3F * static_cast<float>(x) / kSide);
        }
      }
    }
  }
  float& at(int x, int y, std::size_t c) {
    return pixels[(static_cast<std::size_t>(y) * kSide + static_cast<std::size_t>(x)) * 3 + c];
  }
  /// Threads of a weave, `share` of the light.
  void weave(float share) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const float relief =
            std::sin(1.0472F * static_cast<float>(x) + 0.11F * static_cast<float>(y)) *
            std::sin(0.98F * static_cast<float>(y) - 0.09F * static_cast<float>(x));
        for (std::size_t c = 0; c < 3; ++c) at(x, y, c) *= 1 + share * relief;
      }
    }
  }
  /// Relief without order, in proportion to the light.
  void grain(float share) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const float relief = 1 + share * normal(random);
        for (std::size_t c = 0; c < 3; ++c) at(x, y, c) *= relief;
      }
    }
  }
  /// Noise, of each channel by itself or the same in all.
  void noise(float sigma, bool alike) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const float common = normal(random);
        for (std::size_t c = 0; c < 3; ++c) {
          at(x, y, c) += sigma * (alike ? common : normal(random));
        }
      }
    }
  }
  [[nodiscard]] TextureLook look(bool relief = true, int threads = 1) const {
    const ReadArea read = [&](const Rect& area, ImageView<float> out) {
      for (int y = 0; y < area.height; ++y) {
        const std::size_t from =
            (static_cast<std::size_t>(area.y + y) * kSide + static_cast<std::size_t>(area.x)) * 3;
        std::copy_n(pixels.begin() + static_cast<std::ptrdiff_t>(from), area.width * 3,
                    out.row(y).begin());
      }
    };
    return look_for_texture({kSide, kSide}, read, relief, threads).value();
  }
};

constexpr Colour kGrey{0.45F, 0.45F, 0.45F};
constexpr Colour kRed{0.6F, 0.2F, 0.25F};

TEST(LevelTexture, AWeaveIsRegularWhateverItsColour) {
  for (const Colour& colour : {kGrey, kRed}) {
    Made cloth(colour);
    cloth.weave(0.05F);
    cloth.noise(0.5F * kStep, false);
    EXPECT_GT(cloth.look(false).doubt, 0.95);
  }
}

TEST(LevelTexture, NoiseIsNoTexture) {
  for (const bool alike : {false, true}) {
    for (const float sigma : {2.0F, 20.0F}) {
      Made picture(kRed);
      picture.noise(sigma * kStep, alike);
      EXPECT_LT(picture.look().doubt, 0.05) << sigma << " alike: " << alike;
    }
  }
}

TEST(LevelTexture, ReliefIsInProportionToTheColour) {
  Made fur(kRed);
  fur.grain(0.04F);
  EXPECT_GT(fur.look().doubt, 0.95);
  EXPECT_EQ(fur.look(false).doubt, 0);
  Made grey(kGrey);
  grey.grain(0.04F);
  EXPECT_LT(grey.look().doubt, 0.05);  // may be noise that is alike in all channels
}

TEST(LevelTexture, NoiseOnAWeaveIsSeenApart) {
  Made clean(kGrey);
  clean.weave(0.05F);
  Made noisy(kGrey);
  noisy.weave(0.05F);
  noisy.noise(6 * kStep, false);
  for (const float apart : clean.look().apart) EXPECT_LT(apart, 0.1F);
  for (const float apart : noisy.look().apart) EXPECT_GT(apart, 0.5F);
}

TEST(LevelTexture, ThreadsChangeNothing) {
  Made cloth(kRed);
  cloth.weave(0.03F);
  cloth.noise(2 * kStep, false);
  const TextureLook one = cloth.look(true, 1);
  const TextureLook three = cloth.look(true, 3);
  EXPECT_EQ(one.doubt, three.doubt);
  EXPECT_EQ(one.apart, three.apart);
}

TEST(LevelTexture, ASmallPictureSaysNothing) {
  const ReadArea read = [](const Rect&, ImageView<float>) { FAIL(); };
  const auto look = look_for_texture({40, 40}, read, true, 1);
  ASSERT_TRUE(look);
  EXPECT_EQ(look->doubt, 0);
}

TEST(LevelTexture, TheLevelOfTextureIsUsedWithCaution) {
  NoiseLevel level = NoiseLevel::uniform(9 * kStep);
  level.estimated = true;
  level.confidence = 0.9;
  EXPECT_EQ(cautious_level(level).sigma, level.sigma);
  level.texture_doubt = 1;
  level.apart.fill(0.05F);
  EXPECT_NEAR(cautious_level(level).overall(), 0.45F * kStep, 0.01F * kStep);
  level.fineness.fill(0.1F);
  EXPECT_EQ(told_level(level).sigma, level.sigma);  // coarse noise is told twice, texture is not
  level.apart.fill(0.16F);
  EXPECT_NEAR(cautious_level(level).overall(), 1.5F * kStep, 0.01F * kStep);
  level.apart.fill(0.8F);  // what the channels do not share is noise
  EXPECT_NEAR(cautious_level(level).overall(), 7.2F * kStep, 0.01F * kStep);
}

}  // namespace
}  // namespace latent::rgb
