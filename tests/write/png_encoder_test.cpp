// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <png.h>

#include <cmath>

#include "picture_fixture.h"

namespace latent::write {
namespace {

namespace fs = std::filesystem;

struct PngFacts {
  int bits = 0;
  bool srgb = false;
  std::vector<std::uint8_t> icc;
  double dots_per_inch = 0;
  std::string complaints;
};

template <class Sample>
PngFacts read_png(const fs::path& path, Image<Sample>& back) {
  PngFacts facts;
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &facts.complaints, nullptr,
                                           [](png_structp self, png_const_charp text) {
                                             *static_cast<std::string*>(png_get_error_ptr(self)) +=
                                                 text;
                                           });
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file.get());
  png_read_png(png, info, sizeof(Sample) == 2 ? PNG_TRANSFORM_SWAP_ENDIAN : 0, nullptr);
  facts.bits = png_get_bit_depth(png, info);
  int intent = 0;
  facts.srgb = png_get_sRGB(png, info, &intent) != 0;
  char* name = nullptr;
  int compression = 0;
  png_bytep profile = nullptr;
  png_uint_32 size = 0;
  if (png_get_iCCP(png, info, &name, &compression, &profile, &size) != 0) {
    facts.icc.assign(profile, profile + size);
  }
  facts.dots_per_inch = png_get_pixels_per_meter(png, info) * 0.0254;
  back = Image<Sample>::create({static_cast<int>(png_get_image_width(png, info)),
                                static_cast<int>(png_get_image_height(png, info))},
                               png_get_channels(png, info))
             .value();
  for (int y = 0; y < back.height(); ++y) {
    const auto* row = reinterpret_cast<const Sample*>(png_get_rows(png, info)[y]);
    std::copy_n(row, back.view().row(y).size(), back.view().row(y).begin());
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return facts;
}

class PngEncoderTest : public PictureWriterTest {
 protected:
  template <class Sample>
  void round_trip(int channels) {
    const auto picture = scene<Sample>({121, 53}, channels);
    PictureHeader header = header_of(picture);
    header.icc = header.colours == 3 ? rec2020_icc(2.2) : grey_icc();
    header.resolution = {300, 300};
    const auto warnings = write("a.png", picture, header);
    ASSERT_TRUE(warnings) << warnings.error().sentence;
    EXPECT_THAT(*warnings, testing::IsEmpty());
    Image<Sample> back;
    const PngFacts facts = read_png(folder_ / "a.png", back);
    expect_same<Sample>(back.view(), picture.view());
    EXPECT_EQ(facts.bits, sizeof(Sample) * 8);
    EXPECT_EQ(facts.icc, header.icc);
    EXPECT_FALSE(facts.srgb);
    EXPECT_NEAR(facts.dots_per_inch, 300, 0.01);
    EXPECT_EQ(facts.complaints, "");
  }
};

TEST_F(PngEncoderTest, EveryDepthComesBackWithAndWithoutColourAndAlpha) {
  for (const int channels : {1, 2, 3, 4}) {
    round_trip<std::uint8_t>(channels);
    round_trip<std::uint16_t>(channels);
  }
}

TEST_F(PngEncoderTest, WithoutAProfileItSaysSrgb) {
  const auto picture = scene<std::uint8_t>({20, 20}, 3);
  ASSERT_TRUE(write("a.png", picture, header_of(picture)));
  Image<std::uint8_t> back;
  EXPECT_TRUE(read_png(folder_ / "a.png", back).srgb);
}

TEST_F(PngEncoderTest, AssociatedAlphaIsDivided) {
  auto picture = Image<std::uint16_t>::create({3, 1}, 4).value();
  const std::vector<std::uint16_t> associated{1000, 500, 0,   32768, 100,   200,
                                              300,  0,   100, 200,   65535, 65535};
  std::copy(associated.begin(), associated.end(), picture.view().row(0).begin());
  PictureHeader header = header_of(picture);
  header.alpha_associated = true;
  const auto warnings = write("a.png", picture, header);
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, testing::ElementsAre(testing::HasSubstr("divided by alpha")));
  Image<std::uint16_t> back;
  read_png(folder_ / "a.png", back);
  const auto row = back.view().row(0);
  EXPECT_THAT(std::vector<int>(row.begin(), row.end()),
              testing::ElementsAre(2000, 1000, 0, 32768, 100, 200, 300, 0, 100, 200, 65535, 65535));
}

TEST_F(PngEncoderTest, AProfileThatPngRefusesIsNamed) {
  const auto picture = scene<std::uint8_t>({20, 20}, 3);
  PictureHeader header = header_of(picture);
  header.icc = grey_icc();
  const auto warnings = write("a.png", picture, header);
  ASSERT_TRUE(warnings) << warnings.error().sentence;
  EXPECT_THAT(*warnings, testing::ElementsAre(testing::HasSubstr("profile was left out")));
}

}  // namespace
}  // namespace latent::write
