// SPDX-License-Identifier: GPL-3.0-or-later
#include <ImfChannelList.h>
#include <ImfFrameBuffer.h>
#include <ImfInputFile.h>
#include <ImfStandardAttributes.h>
#include <gmock/gmock.h>

#include "picture_fixture.h"

namespace latent::write {
namespace {

namespace fs = std::filesystem;

Image<float> read_exr(Imf::InputFile& file, int channels) {
  const Imath::Box2i window = file.header().dataWindow();
  auto back = Image<float>::create({window.max.x + 1, window.max.y + 1}, channels).value();
  const std::vector<const char*> colour{"R", "G", "B", "A"};
  const std::vector<const char*> grey{"Y", "A"};
  const auto& names = channels < 3 ? grey : colour;
  const std::size_t pixel = sizeof(float) * static_cast<std::size_t>(channels);
  Imf::FrameBuffer frame;
  for (int c = 0; c < channels; ++c) {
    frame.insert(names[static_cast<std::size_t>(c)],
                 Imf::Slice::Make(Imf::FLOAT, back.view().data() + c, window, pixel,
                                  pixel * static_cast<std::size_t>(back.width())));
  }
  file.setFrameBuffer(frame);
  file.readPixels(window.min.y, window.max.y);
  return back;
}

class ExrEncoderTest : public PictureWriterTest {};

TEST_F(ExrEncoderTest, ComesBackWithAndWithoutColourAndAlpha) {
  for (const int channels : {1, 2, 3, 4}) {
    for (const int threads : {1, 3}) {
      options_.threads = threads;
      const auto picture = scene<float>({131, 117}, channels);
      PictureHeader header = header_of(picture);
      header.alpha_associated = true;
      const auto warnings = write("a.exr", picture, header);
      ASSERT_TRUE(warnings) << warnings.error().sentence;
      EXPECT_THAT(*warnings, testing::IsEmpty());
      Imf::InputFile file((folder_ / "a.exr").c_str());
      EXPECT_EQ(file.header().channels().findChannel("Y") != nullptr, channels < 3);
      EXPECT_EQ(file.header().channels().findChannel("A") != nullptr, channels % 2 == 0);
      const Image<float> back = read_exr(file, channels);
      expect_same<float>(back.view(), picture.view());
    }
  }
}

TEST_F(ExrEncoderTest, UnassociatedAlphaIsMultiplied) {
  const auto picture = scene<float>({8, 5}, 4);
  const auto warnings = write("a.exr", picture, header_of(picture));
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, testing::ElementsAre(testing::HasSubstr("multiplied by alpha")));
  Imf::InputFile file((folder_ / "a.exr").c_str());
  const auto back = read_exr(file, 4);
  const float alpha = picture.view().at(4, 2, 3);
  EXPECT_EQ(back.view().at(4, 2, 3), alpha);
  EXPECT_EQ(back.view().at(4, 2, 0), picture.view().at(4, 2, 0) * alpha);
}

TEST_F(ExrEncoderTest, TellsPrimariesDensityAndTheFactsOfThePhotograph) {
  const auto picture = scene<float>({40, 20}, 3);
  PictureHeader header = header_of(picture);
  header.icc = rec2020_icc(1.0);
  header.resolution = {200, 100};
  header.metadata.image = {{0x8298, 2, 6, {'C', 'C', '-', 'B', 'Y', 0}}};
  header.metadata.photo = {{0x829a, 5, 1, {1, 0, 0, 0, 4, 0, 0, 0}},
                           {0x8827, 3, 1, {0x80, 0x0c}},
                           {0x9003, 2, 5, {'2', '0', '2', '6', 0}}};
  header.metadata.gps = {{1, 2, 2, {'S', 0}}, {2, 5, 3, {10, 0, 0, 0, 1, 0, 0, 0, 30, 0, 0, 0,
                                                         1,  0, 0, 0, 0, 0, 0, 0, 1,  0, 0, 0}}};
  ASSERT_TRUE(write("a.exr", picture, header));
  const Imf::InputFile file((folder_ / "a.exr").c_str());
  const Imf::Header& found = file.header();
  ASSERT_TRUE(Imf::hasChromaticities(found));
  EXPECT_NEAR(Imf::chromaticities(found).red.x, 0.708F, 1e-3F);
  EXPECT_NEAR(Imf::chromaticities(found).white.y, 0.329F, 1e-3F);
  EXPECT_EQ(Imf::xDensity(found), 200.0F);
  EXPECT_EQ(found.pixelAspectRatio(), 0.5F);
  EXPECT_EQ(Imf::owner(found), "CC-BY");
  EXPECT_EQ(Imf::expTime(found), 0.25F);
  EXPECT_EQ(Imf::isoSpeed(found), 3200.0F);
  EXPECT_EQ(Imf::capDate(found), "2026");
  EXPECT_EQ(Imf::latitude(found), -10.5F);
  EXPECT_FALSE(Imf::hasLongitude(found));
  EXPECT_FALSE(Imf::hasAltitude(found));
}

TEST_F(ExrEncoderTest, TheAltitudeIsNegativeBelowTheSea) {
  const auto picture = scene<float>({8, 5}, 3);
  const metadata::Field metres{6, 5, 1, {25, 0, 0, 0, 2, 0, 0, 0}};
  // To EXIF 2.32 there were 0 and 1, 3.0 added 2 and 3.
  for (const auto reference : std::vector<std::uint8_t>{0, 1, 2, 3}) {
    PictureHeader header = header_of(picture);
    header.metadata.gps = {{5, 1, 1, {reference}}, metres};
    ASSERT_TRUE(write("a.exr", picture, header));
    const Imf::InputFile file((folder_ / "a.exr").c_str());
    EXPECT_EQ(Imf::altitude(file.header()), reference % 2 == 1 ? -12.5F : 12.5F) << +reference;
  }
}

}  // namespace
}  // namespace latent::write
