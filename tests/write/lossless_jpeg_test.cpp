// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/lossless_jpeg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "plain_lossless_jpeg.h"

namespace latent::write {
namespace {

using Scene = std::function<std::uint16_t(int x, int y)>;

Image<std::uint16_t> picture_of(Size size, const Scene& scene, int channels = 1) {
  auto picture = Image<std::uint16_t>::create(size, channels).value();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width * channels; ++x) {
      picture.view().row(y)[static_cast<std::size_t>(x)] = scene(x, y);
    }
  }
  return picture;
}

void expect_back(ImageView<const std::uint16_t> picture, int components) {
  const auto jpeg = encode_lossless_jpeg(picture, components);
  ASSERT_TRUE(jpeg) << jpeg.error().sentence;
  const auto back = PlainLosslessJpeg(*jpeg).decode();
  ASSERT_EQ(back.components, components);
  ASSERT_EQ(back.width * back.components, picture.width() * picture.channels());
  ASSERT_EQ(back.height, picture.height());
  std::size_t i = 0;
  for (int y = 0; y < picture.height(); ++y) {
    for (const auto sample : picture.row(y)) ASSERT_EQ(back.samples[i++], sample) << "row " << y;
  }
}

std::uint16_t noise(int x, int y) {
  auto h =
      static_cast<std::uint32_t>(x) * 0x9E3779B1U ^ static_cast<std::uint32_t>(y) * 0x85EBCA6BU;
  h = (h ^ (h >> 15U)) * 0x2C1B3C6DU;
  return static_cast<std::uint16_t>(h >> 13U);
}

const std::vector<std::pair<const char*, Scene>> kScenes = {
    {"flat", [](int, int) -> std::uint16_t { return 32768; }},
    {"black", [](int, int) -> std::uint16_t { return 0; }},
    {"white", [](int, int) -> std::uint16_t { return 65535; }},
    {"random", noise},
    {"extremes by turns",
     [](int x, int y) -> std::uint16_t { return (x / 2 + y) % 2 ? 0xFFFFU : 0U; }},
    {"steps of 32768", [](int x, int) -> std::uint16_t { return (x / 2) % 2 ? 0x8000U : 0U; }},
    {"ramp",
     [](int x, int y) -> std::uint16_t {
       return static_cast<std::uint16_t>(x * 37 + y * 11 + noise(x, y) % 64);
     }},
    {"every category",
     [](int x, int y) -> std::uint16_t {
       return static_cast<std::uint16_t>(noise(x, y) >> (noise(y, x) % 17));
     }},
};

TEST(LosslessJpeg, GivesBackEverySampleOfEveryScene) {
  for (const auto& [name, scene] : kScenes) {
    SCOPED_TRACE(name);
    expect_back(picture_of({64, 48}, scene).view(), 2);
    expect_back(picture_of({66, 31}, scene).view(), 3);
    expect_back(picture_of({61, 17}, scene).view(), 1);
    expect_back(picture_of({64, 5}, scene).view(), 4);
  }
}

TEST(LosslessJpeg, TakesTheSmallestAndOddSizes) {
  for (const Size size :
       {Size{1, 1}, Size{2, 1}, Size{1, 7}, Size{3, 3}, Size{7, 2}, Size{255, 3}}) {
    SCOPED_TRACE(size.width);
    expect_back(picture_of(size, noise).view(), 1);
    if (size.width % 2 == 0) expect_back(picture_of(size, noise).view(), 2);
  }
}

TEST(LosslessJpeg, ReadsAWindowWithAStride) {
  const auto picture = picture_of({64, 48}, noise);
  expect_back(picture.view().crop({6, 3, 40, 20}), 2);
}

TEST(LosslessJpeg, TakesInterleavedColour) { expect_back(picture_of({21, 9}, noise, 3).view(), 3); }

TEST(LosslessJpeg, RandomSamplesGrowByLessThanAnEighth) {
  const auto jpeg = encode_lossless_jpeg(picture_of({512, 512}, noise).view(), 2);
  ASSERT_TRUE(jpeg);
  EXPECT_LT(jpeg->size(), 512U * 512U * 2U * 9U / 8U);
}

TEST(LosslessJpeg, AMosaicOfTwoColoursCompressesAsIfItWereOne) {
  const Scene mosaic = [](int x, int y) -> std::uint16_t {
    return static_cast<std::uint16_t>(x % 2 ? 40000 + (noise(x, y) & 7U)
                                            : 900 + (noise(x, y) & 7U));
  };
  const auto jpeg = encode_lossless_jpeg(picture_of({256, 256}, mosaic).view(), 2);
  ASSERT_TRUE(jpeg);
  EXPECT_LT(jpeg->size(), 256U * 256U * 5U / 8U);  // about 4 bits a sample instead of 16
}

#ifdef NDEBUG
TEST(LosslessJpeg, RefusesWhatItCannotDeal) {
  const auto picture = picture_of({63, 4}, noise);
  EXPECT_FALSE(encode_lossless_jpeg(picture.view(), 2));
  EXPECT_FALSE(encode_lossless_jpeg(picture.view(), 0));
  EXPECT_FALSE(encode_lossless_jpeg({}, 1));
}
#else
TEST(LosslessJpegDeathTest, RefusesWhatItCannotDeal) {
  const auto picture = picture_of({63, 4}, noise);
  EXPECT_DEATH((void)encode_lossless_jpeg(picture.view(), 2), "");
}
#endif

}  // namespace
}  // namespace latent::write
