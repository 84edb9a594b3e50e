// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/transform.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "colour/curve.h"

namespace latent::colour {
namespace {

constexpr std::array kNamed{NamedProfile::Srgb,      NamedProfile::AdobeRgb,
                            NamedProfile::DisplayP3, NamedProfile::Rec2020,
                            NamedProfile::ProPhoto,  NamedProfile::LinearRec2020,
                            NamedProfile::LinearSrgb};

Transform between(const Profile& from, const Profile& to) {
  auto transform = Transform::create(from, to);
  EXPECT_TRUE(transform) << transform.error().message;
  return *transform;
}

Transform between(NamedProfile from, NamedProfile to) {
  return between(Profile::named(from), Profile::named(to));
}

std::array<float, 3> through(const Transform& transform, std::array<float, 3> pixel) {
  transform.apply(pixel.data(), pixel.data(), 1);
  return pixel;
}

double srgb_curve(double light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

TEST(Transform, IsACopyBetweenProfilesOfTheSameMeaning) {
  const auto transform = between(NamedProfile::Srgb, NamedProfile::Srgb);
  EXPECT_TRUE(transform.is_identity());
  const std::array<float, 3> odd{-0.3F, 7.25F, 0.1234567F};
  EXPECT_EQ(through(transform, odd), odd);
}

TEST(Transform, KnowsTheCurveOfSrgb) {
  const auto transform = between(NamedProfile::LinearSrgb, NamedProfile::Srgb);
  for (const double light : {0.0, 0.001, 0.0031, 0.0032, 0.02, 0.18, 0.5, 0.9, 1.0, 2.0, 8.0}) {
    const auto value = static_cast<float>(light);
    const auto encoded = through(transform, {value, -value, value});
    EXPECT_NEAR(encoded[0], srgb_curve(light), 3e-6 * std::max(1.0, light)) << light;
    EXPECT_EQ(encoded[1], -encoded[0]) << light;
  }
}

TEST(Transform, KnowsThePrimariesOfRec2020) {
  // Rec. ITU-R BT.2087: linear Rec. 2020 to linear Rec. 709.
  const auto transform = between(NamedProfile::LinearRec2020, NamedProfile::LinearSrgb);
  const auto green = through(transform, {0, 1, 0});
  EXPECT_NEAR(green[0], -0.5876, 1e-3);
  EXPECT_NEAR(green[1], 1.1329, 1e-3);
  EXPECT_NEAR(green[2], -0.1006, 1e-3);
  const auto white = through(transform, {1, 1, 1});
  for (const float value : white) EXPECT_NEAR(value, 1.0, 1e-6);
}

/// Every 16-bit value in every channel, beside others of any size.
std::vector<float> sixteen_bit_pixels() {
  std::vector<float> pixels;
  for (unsigned i = 0; i < 65536; ++i) {
    pixels.push_back(static_cast<float>(i) / 65535.0F);
    pixels.push_back(static_cast<float>((i * 7919U) % 65536U) / 65535.0F);
    pixels.push_back(static_cast<float>((i * 104729U) % 65536U) / 65535.0F);
  }
  return pixels;
}

TEST(Transform, SixteenBitsComeBackFromExtendedSrgb) {
  const std::vector<float> pixels = sixteen_bit_pixels();
  for (const NamedProfile name : kNamed) {
    const auto there = between(name, NamedProfile::Srgb);
    const auto back = between(NamedProfile::Srgb, name);
    EXPECT_TRUE(there.is_unbounded());
    std::vector<float> seen(pixels.size());
    there.apply(pixels.data(), seen.data(), pixels.size() / 3);
    back.apply(seen.data(), seen.data(), pixels.size() / 3);
    // A pure power has no slope to speak of at black: there 16 bits ask for more than floats of the
    // other channels hold, though no light is lost (the test below).
    const bool power = name == NamedProfile::AdobeRgb || name == NamedProfile::ProPhoto;
    int wrong = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      if (power && pixels[i] < 0.02F) continue;
      wrong += std::lround(seen[i] * 65535.0F) != std::lround(pixels[i] * 65535.0F) ? 1 : 0;
    }
    EXPECT_EQ(wrong, 0) << static_cast<int>(name);
  }
}

TEST(Transform, NoLightIsLostOnTheWayThereAndBack) {
  const std::vector<float> pixels = sixteen_bit_pixels();
  for (const NamedProfile name : kNamed) {
    const auto there = between(name, NamedProfile::Srgb);
    const auto back = between(NamedProfile::Srgb, name);
    const auto light = between(name, NamedProfile::LinearSrgb);
    std::vector<float> before(pixels.size());
    std::vector<float> after(pixels.size());
    light.apply(pixels.data(), before.data(), pixels.size() / 3);
    there.apply(pixels.data(), after.data(), pixels.size() / 3);
    back.apply(after.data(), after.data(), pixels.size() / 3);
    light.apply(after.data(), after.data(), pixels.size() / 3);
    float worst = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      worst = std::max(worst, std::fabs(after[i] - before[i]));
    }
    EXPECT_LT(worst, 4e-6F) << static_cast<int>(name);
  }
}

TEST(Transform, LargeLinearValuesKeepTheirPrecision) {
  const auto there = between(NamedProfile::LinearRec2020, NamedProfile::Srgb);
  const auto back = between(NamedProfile::Srgb, NamedProfile::LinearRec2020);
  for (const float value : {0.01F, 1.5F, 8.0F, 1000.0F}) {
    const auto result = through(back, through(there, {value, 0.5F * value, 0.9F * value}));
    EXPECT_NEAR(result[0] / value, 1.0, 2e-5) << value;
    EXPECT_NEAR(result[1] / value, 0.5, 2e-5) << value;
  }
}

TEST(Transform, DoesNotDependOnTheCutIntoPieces) {
  const auto transform = between(NamedProfile::AdobeRgb, NamedProfile::Srgb);
  std::vector<float> pixels;
  for (int i = 0; i < 3 * 700; ++i) pixels.push_back(std::sin(0.37F * static_cast<float>(i)));
  std::vector<float> whole(pixels.size());
  std::vector<float> pieces(pixels.size());
  transform.apply(pixels.data(), whole.data(), 700);
  for (std::size_t i = 0; i < 700; i += 7) {
    transform.apply(pixels.data() + 3 * i, pieces.data() + 3 * i, 7);
  }
  EXPECT_EQ(whole, pieces);
}

TEST(Transform, GreyIsThreeEqualChannelsAndComesBack) {
  const Profile grey = Profile::named(NamedProfile::Grey);
  const auto there = between(grey, Profile::named(NamedProfile::Srgb));
  const auto back = between(Profile::named(NamedProfile::Srgb), grey);
  for (int i = 0; i < 65536; i += 17) {
    const float value = static_cast<float>(i) / 65535.0F;
    std::array<float, 3> rgb{};
    there.apply(&value, rgb.data(), 1);
    EXPECT_EQ(rgb[0], rgb[1]);
    EXPECT_EQ(rgb[0], rgb[2]);
    float again = 0;
    back.apply(rgb.data(), &again, 1);
    EXPECT_EQ(std::lround(again * 65535.0F), i);
  }
}

TEST(Transform, GreyOfAColourIsItsLuminance) {
  const auto transform =
      between(Profile::named(NamedProfile::LinearSrgb), Profile::named(NamedProfile::LinearGrey));
  const std::array<float, 3> green{0, 1, 0};
  float grey = 0;
  transform.apply(green.data(), &grey, 1);
  EXPECT_NEAR(grey, 0.7152, 0.003);  // of D50
}

TEST(Curve, ATableOfSrgbOrOfAPowerIsRecognised) {
  std::vector<std::uint16_t> srgb;
  std::vector<std::uint16_t> power;
  for (int i = 0; i < 1024; ++i) {
    const double x = i / 1023.0;
    const double light = x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
    srgb.push_back(static_cast<std::uint16_t>(std::lround(65535 * light)));
    power.push_back(static_cast<std::uint16_t>(std::lround(65535 * std::pow(x, 1.8))));
  }
  EXPECT_EQ(Curve::table(srgb), Curve::srgb());
  float value = 0.3F;
  Curve::table(power).to_light(&value, 1);
  EXPECT_NEAR(value, std::pow(0.3, 1.8), 3e-5);
  EXPECT_TRUE(Curve::table({0, 65535}).is_linear());
}

TEST(Curve, AnyRisingTableCanBeUndone) {
  std::vector<std::uint16_t> entries;
  for (int i = 0; i < 256; ++i) {
    const double x = i / 255.0;
    entries.push_back(static_cast<std::uint16_t>(
        std::lround(65535 * (0.02 + 0.9 * x * x * (3 - 2 * x) * 0.5 + 0.4 * x))));
  }
  const Curve curve = Curve::table(entries);
  ASSERT_TRUE(curve.ok());
  for (float x = -0.5F; x < 1.6F; x += 0.0137F) {
    float value = x;
    curve.to_light(&value, 1);
    curve.from_light(&value, 1);
    EXPECT_NEAR(value, x, 2e-5);
  }
}

TEST(Curve, NonsenseIsNoCurve) {
  EXPECT_FALSE(Curve::table({5}).ok());
  EXPECT_FALSE(Curve::table({0, 60000, 100, 65535}).ok());
  EXPECT_FALSE(Curve::table({7, 7, 7}).ok());
  EXPECT_FALSE(Curve::parametric({0, 1, 0, 0, 0, 0, 0}).ok());
  EXPECT_FALSE(Curve::parametric({2.2, -1, 0, 0, 0, 0, 0}).ok());
  EXPECT_FALSE(Curve::parametric({2.2, 1, 0, 0, 0.5, 0, 0}).ok());
  EXPECT_FALSE(Curve::gamma(std::nan("")).ok());
}

}  // namespace
}  // namespace latent::colour
