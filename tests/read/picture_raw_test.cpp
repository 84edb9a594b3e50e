// SPDX-License-Identifier: GPL-3.0-or-later
// Raw files as finished pictures: neutral, wide, not turned.
#include <gmock/gmock.h>

#include <cmath>

#include "colour/profile.h"
#include "generated_pictures.h"
#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using test::TinyDng;
using test::write_dng;

double encoded(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

double decoded(double value) {
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

/// A flat scene of one camera colour, already multiplied by the neutral of TinyDng (0.5, 1, 0.8).
TinyDng flat_dng(Size size, const double (&light)[3]) {
  TinyDng dng;
  dng.size = size;
  const double neutral[] = {0.5, 1, 0.8};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const std::size_t colour = dng.cfa[static_cast<std::size_t>(y % 2 * 2 + x % 2)];
      const double value = light[colour] * neutral[colour];
      dng.samples.push_back(static_cast<std::uint16_t>(512 + value * (16383 - 512)));
    }
  }
  dng.samples.front() = 700;  // not all sites alike
  return dng;
}

TEST(PictureRaw, GreyIsGreyOfTheRightBrightnessInRec2020) {
  const auto path = write_dng("grey.dng", flat_dng({96, 64}, {0.18, 0.18, 0.18}));
  const auto picture = open_picture(path);
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_EQ(picture->format, "raw");
  EXPECT_EQ(picture->depth(), SampleDepth::U16);
  EXPECT_EQ(picture->size(), (Size{96, 64}));
  EXPECT_TRUE(test::same_profile(picture->icc,
                                 colour::Profile::named(colour::NamedProfile::Rec2020).icc()));
  EXPECT_FALSE(picture->icc_from_file);
  const auto& image = std::get<Image<std::uint16_t>>(picture->samples);
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(image.view().at(48, 32, c) / 65535.0, encoded(0.18), 0.002);
  }
}

TEST(PictureRaw, AColourIsThatOfTheRenderingInSrgb) {
  const auto path = write_dng("colour.dng", flat_dng({96, 64}, {0.30, 0.22, 0.18}));
  const auto picture = open_picture(path);
  const auto rendered = render_neutral<std::uint16_t>(path);
  ASSERT_TRUE(picture) << picture.error().sentence;
  ASSERT_TRUE(rendered) << rendered.error().sentence;
  // Rec. 2020 to sRGB, ITU-R BT.2407, equation for linear light.
  const double to_srgb[3][3] = {{1.660491, -0.587641, -0.072850},
                                {-0.124550, 1.132900, -0.008349},
                                {-0.018151, -0.100579, 1.118730}};
  const auto& image = std::get<Image<std::uint16_t>>(picture->samples);
  for (int row = 0; row < 3; ++row) {
    double light = 0;
    for (int c = 0; c < 3; ++c) {
      light += to_srgb[row][c] * decoded(image.view().at(48, 32, c) / 65535.0);
    }
    EXPECT_NEAR(encoded(light), rendered->view().at(48, 32, row) / 65535.0, 0.002);
  }
}

TEST(PictureRaw, IsNotTurnedButSaysHow) {
  TinyDng dng = flat_dng({96, 64}, {0.2, 0.2, 0.2});
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 48; ++x) dng.samples[static_cast<std::size_t>(y * 96 + x)] = 7000;
  }
  dng.orientation = 6;
  dng.crop = Rect{8, 4, 80, 56};
  const auto path = write_dng("turned.dng", dng);
  const auto picture = open_picture(path);
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_EQ(int{picture->orientation}, 6);
  EXPECT_EQ(picture->size(), (Size{80, 56}));
  const auto& image = std::get<Image<std::uint16_t>>(picture->samples);
  EXPECT_GT(image.view().at(10, 10, 1), image.view().at(70, 10, 1) + 5000);
  EXPECT_GT(image.view().at(10, 10, 1), image.view().at(10, 50, 1) + 5000);
  EXPECT_GT(image.view().at(39, 10, 1), image.view().at(42, 10, 1) + 5000);
  const auto facts = inspect_picture(path);
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->is_raw);
  EXPECT_EQ(facts->size, (Size{80, 56}));
  EXPECT_EQ(int{facts->orientation}, 6);
}

TEST(PictureRaw, CutShortIsRefused) {
  const auto path = write_dng("whole.dng", flat_dng({96, 64}, {0.2, 0.2, 0.2}));
  auto bytes = test::file_bytes(path);
  const auto whole = open_picture(path);
  ASSERT_TRUE(whole);
  for (const double part : {0.3, 0.6, 0.9}) {
    const auto size = static_cast<std::ptrdiff_t>(static_cast<double>(bytes.size()) * part);
    const auto cut = test::write_file("cut.dng", {bytes.begin(), bytes.begin() + size});
    const auto picture = open_picture(cut);
    ASSERT_FALSE(picture) << part;
    EXPECT_TRUE(picture.error().code == ErrorCode::Corrupt ||
                picture.error().code == ErrorCode::Unsupported);
    test::expect_one_sentence(picture.error(), cut);
  }
}

TEST(PictureRaw, OtherKindsAreRefusedWithAWord) {
  const std::vector<std::pair<std::vector<std::uint8_t>, ErrorCode>> cases{
      {{}, ErrorCode::Corrupt},
      {{'h', 'e', 'l', 'l', 'o'}, ErrorCode::Unsupported},
      {{'G', 'I', 'F', '8', '9', 'a', 0, 0}, ErrorCode::Unsupported},
      {std::vector<std::uint8_t>(5000, 0), ErrorCode::Unsupported}};
  for (const auto& [bytes, code] : cases) {
    const auto path = test::write_file("other.bin", bytes);
    const auto picture = open_picture(path);
    ASSERT_FALSE(picture);
    EXPECT_EQ(picture.error().code, code) << picture.error().sentence;
    test::expect_one_sentence(picture.error(), path);
  }
}

TEST(PictureRaw, ARealFileHasTheSizeAndLookOfItsRendering) {
  const auto folder = test::shared_data() / "raw";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << folder << " is absent; set LATENT_SHARED_DATA";
  }
  int opened = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (opened == 2 || !entry.is_regular_file() || entry.file_size() < 4'000'000) continue;
    const auto facts = inspect_picture(entry.path());
    if (!facts || !facts->is_raw || facts->size.area() > 30'000'000) continue;
    const auto picture = open_picture(entry.path());
    ASSERT_TRUE(picture) << picture.error().sentence;
    EXPECT_EQ(picture->size(), facts->size);
    const auto rendered = render_neutral<std::uint8_t>(entry.path(), {});
    ASSERT_TRUE(rendered) << rendered.error().sentence;
    const bool swapped = picture->orientation > 4;
    const Size size = picture->size();
    EXPECT_EQ(rendered->size(), swapped ? (Size{size.height, size.width}) : size);
    ++opened;
  }
  if (opened == 0) GTEST_SKIP() << "no whole raw file in " << folder;
}

}  // namespace
}  // namespace latent::read
