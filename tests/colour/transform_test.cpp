// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/transform.h"

#include <gtest/gtest.h>
#include <lcms2.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "icc_samples.h"

namespace latent::colour {
namespace {

using Pixel = std::array<float, 3>;

constexpr std::array kColours{NamedProfile::Srgb,      NamedProfile::AdobeRgb,
                              NamedProfile::DisplayP3, NamedProfile::Rec2020,
                              NamedProfile::ProPhoto,  NamedProfile::LinearRec2020,
                              NamedProfile::LinearSrgb};

Transform between(const Profile& from, const Profile& to) {
  auto transform = Transform::create(from, to);
  EXPECT_TRUE(transform) << transform.error().sentence;
  return *std::move(transform);
}

Transform between(NamedProfile from, NamedProfile to) {
  return between(Profile::named(from), Profile::named(to));
}

Pixel converted(const Transform& transform, const Pixel& pixel) {
  Pixel out{};
  transform.apply(pixel.data(), out.data(), 1);
  return out;
}

/// Every 16-bit value of grey, of each channel alone, and pixels all over the cube.
std::vector<float> sixteen_bit_pixels() {
  std::vector<float> pixels;
  std::uint32_t random = 7;
  const auto next = [&] {
    random = random * 1664525U + 1013904223U;
    return static_cast<float>(random >> 16U) / 65535.0F;
  };
  for (int k = 0; k <= 65535; ++k) {
    const float v = static_cast<float>(k) / 65535.0F;
    pixels.insert(pixels.end(), {v, v, v, v, next(), next(), 0.0F, v, 1.0F, next(), 0.0F, v});
  }
  return pixels;
}

TEST(Transform, FromAProfileToItselfIsACopy) {
  for (const NamedProfile name : kColours) {
    const Transform transform = between(name, name);
    EXPECT_TRUE(transform.is_identity());
    const Pixel odd{-0.3F, 1e30F, -0.0F};
    const Pixel out = converted(transform, odd);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(out[c]), std::bit_cast<std::uint32_t>(odd[c]));
    }
  }
  EXPECT_FALSE(between(NamedProfile::Srgb, NamedProfile::LinearSrgb).is_identity());
  EXPECT_FALSE(between(NamedProfile::Srgb, NamedProfile::DisplayP3).is_identity());
}

TEST(Transform, SixteenBitsComeBackExactlyThroughTheNetworksEncoding) {
  const std::vector<float> pixels = sixteen_bit_pixels();
  for (const NamedProfile name : kColours) {
    const Transform there = between(name, NamedProfile::Srgb);
    const Transform back = between(NamedProfile::Srgb, name);
    EXPECT_TRUE(there.is_unbounded());
    std::vector<float> again = pixels;
    there.apply(again.data(), again.data(), again.size() / 3);
    back.apply(again.data(), again.data(), again.size() / 3);
    // A power without a toe tears black wide open: what is dark beside a bright channel cannot keep
    // all its digits in any float of another colour space. There light is what must come back.
    const double gamma = name == NamedProfile::AdobeRgb   ? 563.0 / 256
                         : name == NamedProfile::ProPhoto ? 461.0 / 256
                                                          : 0.0;
    float worst = 0;
    double worst_light = 0;
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      const std::size_t first = k / 3 * 3;
      const float brightest =
          std::max({pixels[first], pixels[first + 1], pixels[first + 2], 1e-6F});
      const double share = std::pow(static_cast<double>(pixels[k] / brightest), gamma);
      if (gamma == 0.0 || share > 5e-4) {
        worst = std::max(worst, 65535.0F * std::abs(again[k] - pixels[k]));
      } else {
        const double light = std::pow(std::abs(static_cast<double>(again[k])), gamma) /
                             std::pow(static_cast<double>(brightest), gamma);
        worst_light = std::max(worst_light, std::abs(light - share));
      }
    }
    EXPECT_LT(worst, 0.45F) << Profile::named(name).description();  // of a step; 0.5 would round
    EXPECT_LT(worst_light, 5e-7) << Profile::named(name).description();
  }
}

TEST(Transform, GreyComesBackExactlyToo) {
  for (const NamedProfile name : {NamedProfile::Grey, NamedProfile::LinearGrey}) {
    const Transform there = between(name, NamedProfile::Srgb);
    const Transform back = between(NamedProfile::Srgb, name);
    for (int k = -1000; k <= 66000; ++k) {
      const float v = static_cast<float>(k) / 65535.0F;
      Pixel rgb{};
      there.apply(&v, rgb.data(), 1);
      EXPECT_EQ(rgb[0], rgb[1]);
      EXPECT_EQ(rgb[0], rgb[2]);
      float again = 0;
      back.apply(rgb.data(), &again, 1);
      EXPECT_NEAR(again, v, 0.35F / 65535.0F) << k;
    }
  }
  EXPECT_TRUE(between(NamedProfile::Grey, NamedProfile::Grey).is_identity());
}

TEST(Transform, SpecularAndWideGamutValuesComeBackWithAllTheirDigits) {
  const Transform there = between(NamedProfile::LinearRec2020, NamedProfile::Srgb);
  const Transform back = between(NamedProfile::Srgb, NamedProfile::LinearRec2020);
  for (const float scale : {1e-6F, 1e-3F, 0.18F, 1.0F, 8.0F, 1000.0F, 60000.0F}) {
    for (const Pixel& shape : {Pixel{1, 1, 1}, Pixel{1, 0, 0}, Pixel{0, 1, 0.001F},
                               Pixel{0.2F, -0.1F, 1}, Pixel{-1, -0.5F, -0.2F}}) {
      Pixel pixel{};
      for (std::size_t c = 0; c < 3; ++c) pixel[c] = scale * shape[c];
      const Pixel again = converted(back, converted(there, pixel));
      for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(again[c], pixel[c], 1e-5F * scale) << scale;
    }
  }
}

TEST(Transform, AgreesWithLcmsInDouble) {
  for (const NamedProfile from : kColours) {
    for (const NamedProfile to : kColours) {
      const Profile source = Profile::named(from);
      const Profile destination = Profile::named(to);
      cmsHPROFILE in = cmsOpenProfileFromMem(source.icc().data(),
                                             static_cast<cmsUInt32Number>(source.icc().size()));
      cmsHPROFILE out = cmsOpenProfileFromMem(
          destination.icc().data(), static_cast<cmsUInt32Number>(destination.icc().size()));
      cmsHTRANSFORM lcms =
          cmsCreateTransform(in, TYPE_RGB_DBL, out, TYPE_RGB_DBL, INTENT_RELATIVE_COLORIMETRIC,
                             cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE);
      ASSERT_NE(lcms, nullptr);
      const Transform ours = between(source, destination);
      // Colours that lie inside both, as lcms2 cuts curves of tables off.
      for (const Pixel& pixel : {Pixel{1, 1, 1}, Pixel{0.5F, 0.5F, 0.5F}, Pixel{0.6F, 0.5F, 0.4F},
                                 Pixel{0.3F, 0.35F, 0.4F}, Pixel{0.02F, 0.02F, 0.02F}}) {
        const std::array<double, 3> samples{pixel[0], pixel[1], pixel[2]};
        std::array<double, 3> judged{};
        cmsDoTransform(lcms, samples.data(), judged.data(), 1);
        const Pixel found = converted(ours, pixel);
        for (std::size_t c = 0; c < 3; ++c) {
          // The table of the sRGB curve, which lcms2 follows, is rounded to 16 bits.
          EXPECT_NEAR(found[c], judged[c], 1.5e-4)
              << source.description() << " to " << destination.description();
        }
      }
      cmsDeleteTransform(lcms);
      cmsCloseProfile(in);
      cmsCloseProfile(out);
    }
  }
}

TEST(Transform, KnownColours) {
  // Rec. 2020's red seen by sRGB: the matrix of BT.2087 in reverse.
  const Pixel red =
      converted(between(NamedProfile::LinearRec2020, NamedProfile::LinearSrgb), {1, 0, 0});
  EXPECT_NEAR(red[0], 1.6605F, 2e-3F);
  EXPECT_NEAR(red[1], -0.1246F, 1e-3F);
  EXPECT_NEAR(red[2], -0.0182F, 1e-3F);
  const Pixel white = converted(between(NamedProfile::ProPhoto, NamedProfile::Srgb), {1, 1, 1});
  for (const float sample : white) EXPECT_NEAR(sample, 1.0F, 2e-6F);
  const Pixel middle = converted(between(NamedProfile::LinearSrgb, NamedProfile::Srgb),
                                 {0.214041F, 0.214041F, -0.214041F});
  EXPECT_NEAR(middle[0], 0.5F, 1e-5F);
  EXPECT_NEAR(middle[2], -0.5F, 1e-5F);
  // Luminance of sRGB.
  float grey = 0;
  const Pixel green{0, 1, 0};
  between(NamedProfile::LinearSrgb, NamedProfile::LinearGrey).apply(green.data(), &grey, 1);
  EXPECT_NEAR(grey, 0.7169F, 1e-3F);  // in the connection space, adapted to D50
}

TEST(Transform, DoesNotDependOnHowPixelsAreCut) {
  const std::vector<float> pixels = sixteen_bit_pixels();
  const Transform transform = between(NamedProfile::AdobeRgb, NamedProfile::Srgb);
  const std::size_t count = 5001;
  std::vector<float> whole(3 * count);
  transform.apply(pixels.data(), whole.data(), count);
  std::vector<float> cut(3 * count);
  for (std::size_t begin = 0; begin < count; begin += 37) {
    transform.apply(pixels.data() + 3 * begin, cut.data() + 3 * begin,
                    std::min<std::size_t>(37, count - begin));
  }
  EXPECT_EQ(cut, whole);
}

TEST(Transform, TablesGoThroughLcms) {
  const auto tables = Profile::from_icc(table_profile());
  ASSERT_TRUE(tables) << tables.error().sentence;
  const Profile srgb = Profile::named(NamedProfile::Srgb);
  const Transform there = between(*tables, srgb);
  const Transform back = between(srgb, *tables);
  EXPECT_FALSE(there.is_unbounded());
  EXPECT_FALSE(there.is_identity());
  const Pixel out = converted(back, converted(there, {0.4F, 0.5F, 0.6F}));
  EXPECT_NEAR(out[0], 0.4F, 0.01F);
  EXPECT_NEAR(out[1], 0.5F, 0.01F);
  EXPECT_NEAR(out[2], 0.6F, 0.01F);
  EXPECT_TRUE(between(*tables, *tables).is_identity());
  const Transform grey = between(*tables, Profile::named(NamedProfile::Grey));
  float value = 0;
  const Pixel middle{0.5F, 0.5F, 0.5F};
  grey.apply(middle.data(), &value, 1);
  EXPECT_NEAR(value, 0.5F, 0.02F);
}

/// A named profile opened by lcms2.
cmsHPROFILE open_named(NamedProfile name) {
  const Profile profile = Profile::named(name);
  return cmsOpenProfileFromMem(profile.icc().data(),
                               static_cast<cmsUInt32Number>(profile.icc().size()));
}

TEST(Transform, TablesKeepTheColoursThatTheOtherSideDoesNotHold) {
  const Profile adobe = Profile::named(NamedProfile::AdobeRgb);
  const auto tables = Profile::from_icc(table_profile(open_named(NamedProfile::AdobeRgb), 33, 33));
  ASSERT_TRUE(tables) << tables.error().sentence;
  const Profile srgb = Profile::named(NamedProfile::Srgb);
  const Transform there = between(*tables, srgb);
  const Transform back = between(srgb, *tables);
  const Transform judge = between(adobe, srgb);
  for (const Pixel& pixel : {Pixel{0.2F, 0.9F, 0.2F}, Pixel{0.0F, 0.6F, 0.3F},
                             Pixel{0.9F, 0.2F, 0.2F}, Pixel{0.1F, 0.8F, 0.9F}}) {
    const Pixel wide = converted(there, pixel);
    const Pixel expected = converted(judge, pixel);
    EXPECT_TRUE(*std::min_element(wide.begin(), wide.end()) < -0.02F ||
                *std::max_element(wide.begin(), wide.end()) > 1.02F);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(wide[c], expected[c], 0.02F);
  }
  // Cut to sRGB in between, red would be 0.504.
  const Pixel green = converted(back, converted(there, {0.2F, 0.9F, 0.2F}));
  EXPECT_NEAR(green[0], 0.2F, 0.015F);
  EXPECT_NEAR(green[1], 0.9F, 0.006F);
  EXPECT_NEAR(green[2], 0.2F, 0.006F);
}

TEST(Transform, TablesComeBackAsCloselyAsTheyThemselvesAgree) {
  const auto icc = table_profile(open_named(NamedProfile::AdobeRgb), 33, 33);
  const auto tables = Profile::from_icc(icc);
  ASSERT_TRUE(tables) << tables.error().sentence;
  cmsHPROFILE device = cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size()));
  cmsHPROFILE lab = cmsCreateLab4Profile(nullptr);
  constexpr cmsUInt32Number kPlain = cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE;
  cmsHTRANSFORM to_lab = cmsCreateTransform(device, TYPE_RGB_DBL, lab, TYPE_Lab_DBL,
                                            INTENT_RELATIVE_COLORIMETRIC, kPlain);
  cmsHTRANSFORM from_lab = cmsCreateTransform(lab, TYPE_Lab_DBL, device, TYPE_RGB_DBL,
                                              INTENT_RELATIVE_COLORIMETRIC, kPlain);
  const Profile srgb = Profile::named(NamedProfile::Srgb);
  const Transform there = between(*tables, srgb);
  const Transform back = between(srgb, *tables);
  double ours = 0;
  double squares = 0;
  int samples = 0;
  for (int k = 0; k < 17 * 17 * 17; ++k) {
    const auto step = [](int place) { return static_cast<float>(place % 17) / 16.0F; };
    const Pixel pixel{step(k), step(k / 17), step(k / 289)};
    const Pixel again = converted(back, converted(there, pixel));
    const std::array<double, 3> in{pixel[0], pixel[1], pixel[2]};
    std::array<double, 3> middle{};
    std::array<double, 3> judged{};
    cmsDoTransform(to_lab, in.data(), middle.data(), 1);
    cmsDoTransform(from_lab, middle.data(), judged.data(), 1);
    for (std::size_t c = 0; c < 3; ++c, ++samples) {
      ours = std::max(ours, std::abs(static_cast<double>(again[c]) - judged[c]));
      squares += std::pow(static_cast<double>(again[c] - pixel[c]), 2);
    }
  }
  cmsDeleteTransform(to_lab);
  cmsDeleteTransform(from_lab);
  cmsCloseProfile(device);
  cmsCloseProfile(lab);
  EXPECT_LT(ours, 1e-4);  // what the detour adds; lcms2 has 16 bits inside its tables
  // The tables' own error, 0.014, most of it at the border of the gamut; cut to sRGB it was 0.083.
  EXPECT_LT(std::sqrt(squares / samples), 0.02);
}

TEST(Transform, CurvesWithoutAWayBackKeepWideColoursToo) {
  // Adobe RGB whose curve begins far above 0, which Curve::from_table() refuses.
  constexpr double kLift = 0.05;
  std::array<cmsUInt16Number, 1024> table{};
  for (std::size_t k = 0; k < table.size(); ++k) {
    const double light = std::pow(static_cast<double>(k) / 1023.0, 2.2);
    table[k] = static_cast<cmsUInt16Number>(std::lround(65535.0 * (kLift + (1.0 - kLift) * light)));
  }
  cmsHPROFILE lifted = open_named(NamedProfile::AdobeRgb);
  cmsToneCurve* curve = cmsBuildTabulatedToneCurve16(nullptr, 1024, table.data());
  for (const auto tag : {cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag}) {
    cmsWriteTag(lifted, tag, nullptr);
    cmsWriteTag(lifted, tag, curve);
  }
  const auto profile = Profile::from_icc(bytes_of(lifted));
  cmsFreeToneCurve(curve);
  ASSERT_TRUE(profile) << profile.error().sentence;
  const Profile srgb = Profile::named(NamedProfile::Srgb);
  const Transform there = between(*profile, srgb);
  const Transform back = between(srgb, *profile);
  EXPECT_FALSE(there.is_unbounded());
  const auto light =
      Profile::from_primaries({{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, {0.3127, 0.3290}}, 1.0);
  ASSERT_TRUE(light);
  const Pixel pixel{0.2F, 0.9F, 0.2F};
  Pixel linear{};
  for (std::size_t c = 0; c < 3; ++c) {
    linear[c] =
        static_cast<float>(kLift + (1.0 - kLift) * std::pow(static_cast<double>(pixel[c]), 2.2));
  }
  const Pixel wide = converted(there, pixel);
  const Pixel expected = converted(between(*light, srgb), linear);
  EXPECT_LT(wide[0], -0.3F);
  const Pixel again = converted(back, wide);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(wide[c], expected[c], 1e-3F);
    EXPECT_NEAR(again[c], pixel[c], 1e-3F);
  }
}

TEST(Transform, GreyAndTablesMeetInTheNeutrals) {
  const auto tables = Profile::from_icc(table_profile(open_named(NamedProfile::AdobeRgb), 33, 33));
  ASSERT_TRUE(tables);
  const Transform spread = between(Profile::named(NamedProfile::Grey), *tables);
  const Transform gathered = between(*tables, Profile::named(NamedProfile::Grey));
  for (const float v : {0.1F, 0.5F, 0.9F}) {
    Pixel rgb{};
    spread.apply(&v, rgb.data(), 1);
    EXPECT_NEAR(rgb[0], rgb[1], 5e-3F);
    EXPECT_NEAR(rgb[2], rgb[1], 5e-3F);
    float again = 0;
    gathered.apply(rgb.data(), &again, 1);
    EXPECT_NEAR(again, v, 5e-3F);
  }
}

TEST(Transform, ASourceWithoutAWayBackIsNoDestination) {
  // Tables from RGB to Lab only, as a camera's profile has them.
  cmsHPROFILE opened = nullptr;
  const auto both = table_profile();
  opened = cmsOpenProfileFromMem(both.data(), static_cast<cmsUInt32Number>(both.size()));
  cmsWriteTag(opened, cmsSigBToA0Tag, nullptr);
  cmsSetDeviceClass(opened, cmsSigInputClass);
  const auto one_way = Profile::from_icc(bytes_of(opened));
  ASSERT_TRUE(one_way) << one_way.error().sentence;
  const Profile srgb = Profile::named(NamedProfile::Srgb);
  EXPECT_TRUE(Transform::create(*one_way, srgb));
  const auto back = Transform::create(srgb, *one_way);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace latent::colour
