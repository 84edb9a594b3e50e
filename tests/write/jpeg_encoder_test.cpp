// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <cstddef>
#include <cstdlib>

#include "picture_fixture.h"

#include <jpeglib.h>

namespace latent::write {
namespace {

namespace fs = std::filesystem;

struct JpegFacts {
  Image<std::uint8_t> picture;
  std::vector<std::uint8_t> icc;
  int horizontal_sampling = 0;
  int dots_per_inch = 0;
  long complaints = 0;
};

JpegFacts read_jpeg(const fs::path& path) {
  JpegFacts facts;
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  jpeg_decompress_struct codec{};
  jpeg_error_mgr errors{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&codec);
  jpeg_stdio_src(&codec, file.get());
  jpeg_save_markers(&codec, JPEG_APP0 + 2, 0xffff);
  jpeg_read_header(&codec, TRUE);
  JOCTET* profile = nullptr;
  unsigned size = 0;
  if (jpeg_read_icc_profile(&codec, &profile, &size) != 0) {
    facts.icc.assign(profile, profile + size);
    std::free(profile);
  }
  facts.horizontal_sampling = codec.comp_info[0].h_samp_factor;
  facts.dots_per_inch = codec.density_unit == 1 ? codec.X_density : 0;
  jpeg_start_decompress(&codec);
  facts.picture = Image<std::uint8_t>::create(
                      {static_cast<int>(codec.output_width), static_cast<int>(codec.output_height)},
                      codec.output_components)
                      .value();
  for (int y = 0; y < facts.picture.height(); ++y) {
    auto* row = facts.picture.view().row(y).data();
    jpeg_read_scanlines(&codec, &row, 1);
  }
  jpeg_finish_decompress(&codec);
  facts.complaints = errors.num_warnings;
  jpeg_destroy_decompress(&codec);
  return facts;
}

class JpegEncoderTest : public PictureWriterTest {};

TEST_F(JpegEncoderTest, ColoursComeBackCloselyWithoutAlpha) {
  for (const int channels : {1, 2, 3, 4}) {
    for (const int quality : {89, 95}) {
      options_.jpeg_quality = quality;
      const auto picture = scene<std::uint8_t>({203, 151}, channels);
      PictureHeader header = header_of(picture);
      header.icc = header.colours == 3 ? std::vector<std::uint8_t>(150'000, 5) : grey_icc();
      header.resolution = {240, 240};
      ASSERT_TRUE(write("a.jpg", picture, header));
      const JpegFacts facts = read_jpeg(folder_ / "a.jpg");
      EXPECT_EQ(facts.icc, header.icc);  // in several pieces
      EXPECT_EQ(facts.dots_per_inch, 240);
      EXPECT_EQ(facts.complaints, 0);
      ASSERT_EQ(facts.picture.channels(), header.colours);
      const bool reduced = header.colours == 3 && quality < 90;
      EXPECT_EQ(facts.horizontal_sampling, reduced ? 2 : 1);
      double sum = 0;
      for (int y = 0; y < 151; ++y) {
        for (int x = 0; x < 203; ++x) {
          sum += std::abs(int{facts.picture.view().at(x, y)} - int{picture.view().at(x, y)});
        }
      }
      EXPECT_LT(sum / (203 * 151), quality >= 90 ? 1.5 : 3.0);
    }
  }
}

TEST_F(JpegEncoderTest, XmpAboveItsSegmentIsNamedAndTheRestWritten) {
  const auto picture = scene<std::uint8_t>({32, 32}, 3);
  PictureHeader header = header_of(picture);
  header.metadata.xmp = "<x:xmpmeta " + std::string(70'000, ' ');
  const auto warnings = write("a.jpg", picture, header);
  ASSERT_TRUE(warnings) << warnings.error().sentence;
  EXPECT_THAT(*warnings, testing::ElementsAre(testing::HasSubstr("XMP was left out")));
  EXPECT_EQ(read_jpeg(folder_ / "a.jpg").complaints, 0);
}

}  // namespace
}  // namespace latent::write
