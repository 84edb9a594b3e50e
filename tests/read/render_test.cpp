// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <cmath>

#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using test::TinyDng;
using test::write_dng;

/// A grey scene, brightness by position, under the white balance of TinyDng (2, 1, 1.25).
template <class Light>
TinyDng grey_dng(Size size, Light light) {
  TinyDng dng;
  dng.size = size;
  const double neutral[] = {0.5, 1, 0.8};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto site = static_cast<std::size_t>(y % dng.cfa_period.height * dng.cfa_period.width +
                                                 x % dng.cfa_period.width);
      const double value = light(x, y) * neutral[dng.cfa[site]];
      dng.samples.push_back(static_cast<std::uint16_t>(512 + value * (16383 - 512)));
    }
  }
  return dng;
}

double srgb(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

TEST(Render, ShowsAllOfPixelsThatAreNoSquares) {
  // Dark above, bright below; pixels twice as high as wide (DefaultScale).
  TinyDng dng = grey_dng({96, 64}, [](int, int y) { return y < 32 ? 0.05 : 0.5; });
  dng.raw_tags[50718] = test::rationals({1, 2});
  const auto picture = render_neutral<std::uint16_t>(write_dng("tall.dng", dng));
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_EQ(picture->size(), (Size{96, 128}));
  EXPECT_NEAR(picture->view().at(48, 20, 1) / 65535.0, srgb(0.05), 0.004);
  EXPECT_NEAR(picture->view().at(48, 110, 1) / 65535.0, srgb(0.5), 0.004);
}

TEST(Render, ShowsGreyAsGreyOfTheRightBrightness) {
  const auto path = write_dng("grey.dng", grey_dng({96, 64}, [](int, int) { return 0.18; }));
  const auto picture = render_neutral<std::uint16_t>(path);
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_EQ(picture->size(), (Size{96, 64}));
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(picture->view().at(48, 32, c) / 65535.0, srgb(0.18), 0.004);
  }
}

TEST(Render, TurnsThePictureUpright) {
  TinyDng dng = grey_dng({96, 64}, [](int x, int y) { return x < 48 && y < 32 ? 0.5 : 0.05; });
  dng.orientation = 6;  // to be turned clockwise: the bright corner comes to the top right
  const auto picture = render_neutral<std::uint8_t>(write_dng("turned.dng", dng));
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_EQ(picture->size(), (Size{64, 96}));
  EXPECT_GT(picture->view().at(54, 10, 1), 150);
  EXPECT_LT(picture->view().at(10, 10, 1), 90);
  EXPECT_LT(picture->view().at(54, 80, 1), 90);
}

TEST(Render, ShowsTheCropAndARegionOfIt) {
  const auto light = [](int x, int y) { return x == 40 && y == 30 ? 0.9 : 0.1 + 0.004 * x; };
  TinyDng dng = grey_dng({128, 96}, light);
  dng.crop = Rect{10, 8, 100, 70};
  const auto path = write_dng("region.dng", dng);
  const auto whole = render_neutral<std::uint16_t>(path);
  ASSERT_TRUE(whole) << whole.error().sentence;
  EXPECT_EQ(whole->size(), (Size{100, 70}));
  const Rect region{21, 13, 30, 25};
  const auto part = render_neutral<std::uint16_t>(path, {region, 0});
  ASSERT_TRUE(part) << part.error().sentence;
  ASSERT_EQ(part->size(), region.size());
  for (int y = 0; y < region.height; ++y) {
    for (int x = 0; x < region.width; ++x) {
      EXPECT_NEAR(part->view().at(x, y, 1), whole->view().at(region.x + x, region.y + y, 1), 64);
    }
  }
}

TEST(Render, MakesItSmall) {
  const auto path = write_dng("small.dng", grey_dng({200, 120}, [](int, int) { return 0.18; }));
  for (const int side : {150, 60}) {  // by averaging, and by half-size decoding before it
    const auto picture = render_neutral<std::uint8_t>(path, {{}, side});
    ASSERT_TRUE(picture) << picture.error().sentence;
    EXPECT_EQ(picture->size(), (Size{side, side * 120 / 200}));
    EXPECT_NEAR(picture->view().at(side / 2, side / 4, 0) / 255.0, srgb(0.18), 0.01);
  }
}

TEST(Render, TakesAnXTransPictureSmallerThanItsMethod) {
  TinyDng dng;
  dng.cfa_period = {6, 6};
  dng.cfa = {1, 1, 0, 1, 1, 2, 1, 1, 2, 1, 1, 0, 2, 0, 1, 0, 2, 1,
             1, 1, 2, 1, 1, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1, 2, 0, 1};
  const auto cfa = dng.cfa;
  for (int i = 0; i < 96 * 72; ++i) {
    const double neutral[] = {0.5, 1, 0.8};
    const auto colour = cfa[static_cast<std::size_t>(i / 96 % 6 * 6 + i % 96 % 6)];
    dng.samples.push_back(static_cast<std::uint16_t>(512 + 0.18 * neutral[colour] * 15871));
  }
  dng.size = {96, 72};
  const auto picture = render_neutral<std::uint16_t>(write_dng("xtrans.dng", dng));
  ASSERT_TRUE(picture) << picture.error().sentence;
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(picture->view().at(48, 36, c) / 65535.0, srgb(0.18), 0.01);
  }
}

TEST(Render, ShowsWhatLibRawCannotDecodeByItself) {
  TinyDng dng = grey_dng({96, 64}, [](int, int) { return 0.18; });
  dng.rows_per_strip = 8;
  dng.lossless_jpeg = true;  // LibRaw 0.20 reads the first strip only
  const auto picture = render_neutral<std::uint16_t>(write_dng("strips.dng", dng));
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_NEAR(picture->view().at(48, 60, 1) / 65535.0, srgb(0.18), 0.004);
}

TEST(Render, RefusesARegionOutsideAndFilesThatAreNone) {
  const auto path = write_dng("grey.dng", grey_dng({96, 64}, [](int, int) { return 0.18; }));
  const auto outside = render_neutral<std::uint8_t>(path, {Rect{90, 0, 10, 10}, 0});
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, ErrorCode::Usage);
  test::expect_one_sentence(outside.error(), path);
  const auto text = test::write_file("text.nef", {'h', 'i'});
  EXPECT_EQ(render_neutral<std::uint8_t>(text).error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace latent::read
