// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/picture/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>
#include <tiffio.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include <jpeglib.h>

namespace latent::write {
namespace {

namespace fs = std::filesystem;

template <class Sample>
Image<Sample> ramp(Size size, int channels) {
  auto picture = Image<Sample>::create(size, channels).value();
  constexpr int kTop = std::numeric_limits<Sample>::max();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int channel = 0; channel < channels; ++channel) {
        const int side = channel == 1 ? size.height : size.width;
        const int at = channel == 1 ? y : x;
        picture.view().at(x, y, channel) = static_cast<Sample>(at * kTop / side);
      }
    }
  }
  return picture;
}

class PictureTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent-picture-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    options_.overwrite = Overwrite::Replace;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  PictureOptions options_;
};

template <class Sample>
void expect_png(const fs::path& path, ImageView<const Sample> picture) {
  ASSERT_TRUE(write_png(path, picture, {Overwrite::Replace, {}, 92}));
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file.get());
  png_read_png(png, info, sizeof(Sample) == 2 ? PNG_TRANSFORM_SWAP_ENDIAN : 0, nullptr);
  EXPECT_EQ(png_get_bit_depth(png, info), sizeof(Sample) * 8);
  int intent = 0;
  EXPECT_NE(png_get_sRGB(png, info, &intent), 0U);
  ASSERT_EQ(png_get_channels(png, info), picture.channels());
  for (int y = 0; y < picture.height(); ++y) {
    const auto* row = reinterpret_cast<const Sample*>(png_get_rows(png, info)[y]);
    for (std::size_t x = 0; x < picture.row(y).size(); ++x) ASSERT_EQ(row[x], picture.row(y)[x]);
  }
  png_destroy_read_struct(&png, &info, nullptr);
}

TEST_F(PictureTest, PngComesBackInEveryDepth) {
  for (const int channels : {1, 3}) {
    expect_png<std::uint8_t>(folder_ / "a.png", ramp<std::uint8_t>({61, 23}, channels).view());
    expect_png<std::uint16_t>(folder_ / "b.png", ramp<std::uint16_t>({61, 23}, channels).view());
  }
}

template <class Sample>
void expect_tiff(const fs::path& path, ImageView<const Sample> picture) {
  const std::vector<std::uint8_t> profile(200, 7);
  ASSERT_TRUE(write_tiff(path, picture, {Overwrite::Replace, profile, 92}));
  const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen(path.c_str(), "r"), TIFFClose);
  ASSERT_NE(tiff, nullptr);
  std::uint32_t size = 0;
  void* embedded = nullptr;
  ASSERT_EQ(TIFFGetField(tiff.get(), TIFFTAG_ICCPROFILE, &size, &embedded), 1);
  EXPECT_EQ(size, profile.size());
  std::vector<Sample> row(picture.row(0).size());
  for (int y = 0; y < picture.height(); ++y) {
    ASSERT_EQ(TIFFReadScanline(tiff.get(), row.data(), static_cast<std::uint32_t>(y)), 1);
    ASSERT_TRUE(std::equal(row.begin(), row.end(), picture.row(y).begin()));
  }
}

TEST_F(PictureTest, TiffComesBackInEveryDepthWithItsProfile) {
  for (const int channels : {1, 3}) {
    expect_tiff<std::uint8_t>(folder_ / "a.tif", ramp<std::uint8_t>({61, 23}, channels).view());
    expect_tiff<std::uint16_t>(folder_ / "b.tif",
                               ramp<std::uint16_t>({1500, 900}, channels).view());
  }
}

TEST_F(PictureTest, TheSourceIsNotChangedByAWindowWithAStride) {
  const auto picture = ramp<std::uint16_t>({64, 40}, 3);
  const auto before = picture.clone().value();
  expect_tiff<std::uint16_t>(folder_ / "a.tif", picture.view().crop({3, 5, 20, 30}));
  expect_png<std::uint16_t>(folder_ / "a.png", picture.view().crop({3, 5, 20, 30}));
  for (int y = 0; y < 40; ++y) {
    ASSERT_TRUE(std::equal(picture.view().row(y).begin(), picture.view().row(y).end(),
                           before.view().row(y).begin()));
  }
}

TEST_F(PictureTest, JpegIsCloseAndHasFullColourFromQuality90) {
  const auto picture = ramp<std::uint8_t>({160, 120}, 3);
  for (const int quality : {89, 90}) {
    options_.jpeg_quality = quality;
    const auto bytes = encode_jpeg(picture.view(), options_);
    ASSERT_TRUE(bytes) << bytes.error().sentence;
    jpeg_decompress_struct codec{};
    jpeg_error_mgr errors{};
    codec.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&codec);
    jpeg_mem_src(&codec, bytes->data(), bytes->size());
    ASSERT_EQ(jpeg_read_header(&codec, TRUE), JPEG_HEADER_OK);
    EXPECT_EQ(codec.comp_info[0].h_samp_factor, quality >= 90 ? 1 : 2);
    jpeg_start_decompress(&codec);
    std::vector<std::uint8_t> row(160 * 3);
    for (int y = 0; y < 120; ++y) {
      auto* pointer = row.data();
      ASSERT_EQ(jpeg_read_scanlines(&codec, &pointer, 1), 1U);
      for (std::size_t x = 0; x < row.size(); ++x) ASSERT_NEAR(row[x], picture.view().row(y)[x], 8);
    }
    jpeg_finish_decompress(&codec);
    jpeg_destroy_decompress(&codec);
  }
  ASSERT_TRUE(write_jpeg(folder_ / "a.jpg", picture.view(), options_));
  EXPECT_GT(fs::file_size(folder_ / "a.jpg"), 500U);
}

TEST_F(PictureTest, AProfileIsEmbeddedInJpeg) {
  const std::vector<std::uint8_t> profile(300, 9);
  options_.icc_profile = profile;
  const auto bytes = encode_jpeg(ramp<std::uint8_t>({16, 16}, 3).view(), options_);
  ASSERT_TRUE(bytes);
  const std::string text(bytes->begin(), bytes->end());
  EXPECT_NE(text.find("ICC_PROFILE"), std::string::npos);
  EXPECT_NE(text.find(std::string(300, '\t')), std::string::npos);
}

TEST_F(PictureTest, RefusesAnExistingFileAndASideThatJpegHasNot) {
  const auto picture = ramp<std::uint8_t>({16, 16}, 1);
  const auto path = folder_ / "a.png";
  ASSERT_TRUE(write_png(path, picture.view()));
  const auto again = write_png(path, picture.view());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::Usage);
  Limits limits;
  limits.max_side_px = 70'000;
  const auto wide = Image<std::uint8_t>::create({66'000, 1}, 1, limits);
  ASSERT_TRUE(wide);
  const auto jpeg = encode_jpeg(wide->view());
  ASSERT_FALSE(jpeg);
  EXPECT_EQ(jpeg.error().code, ErrorCode::TooLarge);
}

TEST_F(PictureTest, AMissingFolderIsOneSentence) {
  const auto picture = ramp<std::uint16_t>({16, 16}, 3);
  for (const auto& status : {write_png(folder_ / "no/a.png", picture.view()),
                             write_tiff(folder_ / "no/a.tif", picture.view())}) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::NotFound);
  }
}

}  // namespace
}  // namespace latent::write
