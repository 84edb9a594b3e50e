// SPDX-License-Identifier: GPL-3.0-or-later
// The DNG as libtiff sees it: a reader that has no part in writing one.
#include <gmock/gmock.h>
#include <tiffio.h>

#include <fstream>
#include <memory>

#include "dng_fixture.h"
#include "plain_lossless_jpeg.h"

namespace latent::write {
namespace {

using testing::ElementsAre;

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

class DngStructureTest : public DngTest {
 protected:
  void open(const char* mode = "r") {
    TIFFSetWarningHandler(nullptr);
    TIFFSetErrorHandler(nullptr);
    tiff_.reset(TIFFOpen(target_.c_str(), mode));
    ASSERT_NE(tiff_, nullptr);
  }

  template <class T>
  std::vector<T> values(std::uint32_t tag) {
    const TIFFField* field = TIFFFindField(tiff_.get(), tag, TIFF_ANY);
    if (field == nullptr) return {};
    const T* data = nullptr;
    if (TIFFFieldPassCount(field) == 0) {
      const int count = TIFFFieldReadCount(field);
      if (count == 1) {
        T value{};
        return TIFFGetField(tiff_.get(), tag, &value) == 1 ? std::vector<T>{value}
                                                           : std::vector<T>{};
      }
      if (TIFFGetField(tiff_.get(), tag, &data) != 1) return {};
      return {data, data + count};
    }
    // A field that libtiff only knows from the file has a count of 32 bits, others of 16.
    if (TIFFFieldReadCount(field) == TIFF_VARIABLE2) {
      std::uint32_t count = 0;
      if (TIFFGetField(tiff_.get(), tag, &count, &data) != 1) return {};
      return {data, data + count};
    }
    std::uint16_t count = 0;
    if (TIFFGetField(tiff_.get(), tag, &count, &data) != 1) return {};
    return {data, data + count};
  }

  std::unique_ptr<TIFF, Close> tiff_;
};

constexpr std::uint32_t kBlackLevel = 50714;
constexpr std::uint32_t kBlackLevelRepeatDim = 50713;

TEST_F(DngStructureTest, LevelsAndPatternAreCountedFromAnOddActiveArea) {
  DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
  header.levels.black = {{2, 2}, {1000.0F, 2000.0F, 3000.0F, 4000.0F}};
  header.active = {3, 5, 300, 220};
  header.crop = {7, 6, 280, 200};
  ASSERT_TRUE(write_dng(header, busy_samples(header.buffer, 1, 999).view()));
  open();
  EXPECT_THAT(values<float>(kBlackLevel), ElementsAre(4000, 3000, 2000, 1000));
  EXPECT_THAT(values<std::uint8_t>(33422), ElementsAre(2, 1, 1, 0));
  EXPECT_THAT(values<std::uint32_t>(50829), ElementsAre(5, 3, 225, 303));  // ActiveArea
  EXPECT_THAT(values<float>(50719), ElementsAre(4, 1));                    // DefaultCropOrigin
  EXPECT_THAT(values<float>(50720), ElementsAre(280, 200));                // DefaultCropSize
}

TEST_F(DngStructureTest, ABlackOfOneRowBecomesAPatternOfTwo) {
  DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
  header.levels.black = {{2, 1}, {1000.25F, 2000.0F}};
  ASSERT_TRUE(write_dng(header, busy_samples(header.buffer, 1, 999).view()));
  open();
  EXPECT_THAT(values<std::uint16_t>(kBlackLevelRepeatDim), ElementsAre(2, 2));
  EXPECT_THAT(values<float>(kBlackLevel), ElementsAre(1000.25F, 2000, 1000.25F, 2000));
}

TEST_F(DngStructureTest, EachTileIsAJpegThatThePlainDecoderReads) {
  const auto header = plain_header({700, 600}, SensorClass::Bayer);
  const auto samples = busy_samples(header.buffer, 1, 65535);
  ASSERT_TRUE(write_dng(header, samples.view()));
  open();
  ASSERT_EQ(values<std::uint32_t>(TIFFTAG_TILEWIDTH), std::vector<std::uint32_t>{512});
  ASSERT_EQ(TIFFNumberOfTiles(tiff_.get()), 4U);
  for (std::uint32_t tile = 0; tile < 4; ++tile) {
    std::vector<std::uint8_t> bytes(TIFFGetStrileByteCount(tiff_.get(), tile));
    const auto size = static_cast<tmsize_t>(bytes.size());
    ASSERT_EQ(TIFFReadRawTile(tiff_.get(), tile, bytes.data(), size), size);
    const auto picture = PlainLosslessJpeg(bytes).decode();
    const int left = static_cast<int>(tile % 2) * 512;
    const int top = static_cast<int>(tile / 2) * 512;
    for (int y = top; y < std::min(600, top + 512); ++y) {
      for (int x = left; x < std::min(700, left + 512); ++x) {
        const int at = (y - top) * 512 + x - left;
        ASSERT_EQ(picture.samples[static_cast<std::size_t>(at)], samples.view().at(x, y));
      }
    }
  }
}

TEST_F(DngStructureTest, APreviewPutsTheRawPictureBelowTheThumbnail) {
  DngHeader header = plain_header({640, 480}, SensorClass::Bayer);
  header.orientation = 8;
  const auto preview = ramp_preview({800, 600});
  ASSERT_TRUE(write_dng(header, busy_samples(header.buffer, 1, 999).view(), {}, preview.view()));
  open("rc");  // c: a strip is a strip, not many small ones
  EXPECT_THAT(values<std::uint32_t>(TIFFTAG_IMAGEWIDTH), ElementsAre(256U));
  EXPECT_THAT(values<std::uint32_t>(TIFFTAG_IMAGELENGTH), ElementsAre(192U));
  EXPECT_THAT(values<std::uint16_t>(TIFFTAG_ORIENTATION), ElementsAre(8));
  std::vector<std::uint8_t> pixels(256 * 192 * 3);
  ASSERT_EQ(TIFFReadEncodedStrip(tiff_.get(), 0, pixels.data(), -1), 256 * 192 * 3);
  EXPECT_NEAR(pixels[0], 0, 2);
  EXPECT_NEAR(pixels[255 * 3], 254, 2);
  const auto below = values<std::uint64_t>(TIFFTAG_SUBIFD);
  ASSERT_EQ(below.size(), 2U);
  ASSERT_EQ(TIFFSetSubDirectory(tiff_.get(), below[0]), 1);
  EXPECT_THAT(values<std::uint32_t>(TIFFTAG_IMAGEWIDTH), ElementsAre(640U));
  EXPECT_THAT(values<std::uint16_t>(TIFFTAG_PHOTOMETRIC), ElementsAre(32803));
  ASSERT_EQ(TIFFSetSubDirectory(tiff_.get(), below[1]), 1);
  EXPECT_THAT(values<std::uint32_t>(TIFFTAG_IMAGEWIDTH), ElementsAre(800U));
  EXPECT_THAT(values<std::uint16_t>(TIFFTAG_PHOTOMETRIC), ElementsAre(PHOTOMETRIC_YCBCR));
  pixels.resize(800 * 600 * 3);
  TIFFSetField(tiff_.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  ASSERT_GT(TIFFReadEncodedStrip(tiff_.get(), 0, pixels.data(), -1), 0);
  EXPECT_NEAR(pixels[3 * (300 * 800 + 400)], 127, 4);
  EXPECT_NEAR(pixels[3 * (300 * 800 + 400) + 1], 127, 4);
}

TEST_F(DngStructureTest, ABigTiffHoldsTheSame) {
  const auto header = plain_header({700, 600}, SensorClass::Bayer);
  const auto samples = busy_samples(header.buffer, 1, 65535);
  DngOptions options;
  options.container = DngContainer::BigTiff;
  options.compression = DngCompression::None;
  ASSERT_TRUE(write_dng(header, samples.view(), options, ramp_preview({300, 200}).view()));
  open("rc");
  ASSERT_EQ(TIFFIsBigTIFF(tiff_.get()), 1);
  EXPECT_THAT(values<std::uint32_t>(TIFFTAG_IMAGEWIDTH), ElementsAre(256U));
  ASSERT_EQ(TIFFSetSubDirectory(tiff_.get(), values<std::uint64_t>(TIFFTAG_SUBIFD).at(0)), 1);
  std::vector<std::uint16_t> row(700);
  for (int y = 0; y < 600; ++y) {
    ASSERT_EQ(TIFFReadScanline(tiff_.get(), row.data(), static_cast<std::uint32_t>(y)), 1);
    ASSERT_TRUE(std::equal(row.begin(), row.end(), samples.view().row(y).begin()));
  }
}

TEST_F(DngStructureTest, TagsOfLaterVersionsRaiseTheVersion) {
  struct Case {
    CarriedTag carried;
    int minor;
    int backward;
  };
  const Case cases[] = {
      {{51008, 7, 4, true, {0, 0, 0, 0}}, 4, 3},  // OpcodeList1
      {{51081, 2, 2, false, {'A', 0}}, 4, 1},     // ReelName
      {{52529, 3, 1, false, {23, 0}}, 6, 1},      // CalibrationIlluminant3
      {{52552, 2, 2, false, {'B', 0}}, 7, 1},     // ProfileGroupName
  };
  for (const Case& one : cases) {
    DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
    header.carried_tags = {one.carried};
    const auto samples = busy_samples(header.buffer, 1, 999);
    DngOptions options;
    options.overwrite = Overwrite::Replace;
    auto writer = DngWriter::create(target_, header, options);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write_rows(samples.view()));
    ASSERT_TRUE(writer->finish({}));
    EXPECT_TRUE(writer->warnings().empty());
    open();
    EXPECT_THAT(values<std::uint8_t>(50706), ElementsAre(1, one.minor, 0, 0)) << one.carried.tag;
    EXPECT_THAT(values<std::uint8_t>(50707), ElementsAre(1, one.backward, 0, 0)) << one.carried.tag;
  }
}

TEST_F(DngStructureTest, TheLongerSideOfAPixelIsStretched) {
  struct Case {
    double aspect;
    float horizontal;
    float vertical;
  };
  for (const auto& [aspect, horizontal, vertical] :
       {Case{1, 1, 1}, Case{0.5, 1, 2}, Case{1.5, 1.5, 1}}) {
    DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
    header.pixel_aspect = aspect;
    ASSERT_TRUE(write_dng(header, busy_samples(header.buffer, 1, 999).view()));
    open();
    EXPECT_THAT(values<float>(50718), ElementsAre(horizontal, vertical)) << aspect;
  }
}

/// A map of one table of two gains, 1 and 2, in either byte order; DataType is that of the second
/// kind.
std::vector<std::uint8_t> gain_table_map(std::uint16_t tag, bool big_endian) {
  std::vector<std::uint8_t> bytes;
  const auto put = [&](std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t shift = 8 * (big_endian ? size - 1 - i : i);
      bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    }
  };
  for (int i = 0; i < 2; ++i) put(1, 4);  // MapPointsV and H
  for (int i = 0; i < 4; ++i) put(0x3FE0000000000000U + static_cast<unsigned>(i), 8);
  put(2, 4);                                        // MapPointsN
  for (int i = 0; i < 5; ++i) put(0x3E4CCCCDU, 4);  // MapInputWeights
  if (tag == 52544) {
    put(2, 4);                                        // DataType: half floats
    for (int i = 0; i < 3; ++i) put(0x3F800000U, 4);  // Gamma, GainMin, GainMax
    for (const unsigned gain : {0x3C00U, 0x4000U}) put(gain, 2);
  } else {
    for (const unsigned gain : {0x3F800000U, 0x40000000U}) put(gain, 4);
  }
  return bytes;
}

CarriedTag carried_map(std::uint16_t tag, bool big_endian) {
  auto bytes = gain_table_map(tag, big_endian);
  const auto count = static_cast<std::uint32_t>(bytes.size());
  return {tag, 7, count, tag == 52525, std::move(bytes), big_endian};
}

TEST_F(DngStructureTest, GainTableMapsTravelInTheOrderOfOurBytes) {
  for (const bool big_endian : {false, true}) {
    DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
    header.carried_tags = {carried_map(52525, big_endian)};
    const auto samples = busy_samples(header.buffer, 1, 999);
    const auto preview = ramp_preview({300, 200});
    ASSERT_TRUE(write_dng(header, samples.view(), {}, preview.view()));
    open();
    EXPECT_THAT(values<std::uint8_t>(50706), ElementsAre(1, 6, 0, 0));  // DNGVersion
    EXPECT_THAT(values<std::uint8_t>(50707), ElementsAre(1, 1, 0, 0));  // DNGBackwardVersion
    ASSERT_EQ(TIFFSetSubDirectory(tiff_.get(), values<std::uint64_t>(TIFFTAG_SUBIFD).at(0)), 1);
    EXPECT_EQ(values<std::uint8_t>(52525), gain_table_map(52525, false));

    header.carried_tags.push_back(carried_map(52544, big_endian));
    ASSERT_TRUE(write_dng(header, samples.view(), {}, preview.view()));
    open();
    EXPECT_THAT(values<std::uint8_t>(50706), ElementsAre(1, 7, 0, 0));
    EXPECT_EQ(values<std::uint8_t>(52544), gain_table_map(52544, false));
  }
}

TEST_F(DngStructureTest, AGainTableMapThatCannotBeTurnedIsLeftOutWithAWord) {
  for (const std::uint16_t tag : {std::uint16_t{52525}, std::uint16_t{52544}}) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{70}, std::size_t{500}}) {
      DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
      CarriedTag damaged = carried_map(tag, true);
      damaged.bytes.resize(size);
      damaged.count = static_cast<std::uint32_t>(size);
      header.carried_tags = {damaged};
      DngOptions options;
      options.overwrite = Overwrite::Replace;
      auto writer = DngWriter::create(target_, header, options);
      ASSERT_TRUE(writer);
      ASSERT_TRUE(writer->write_rows(busy_samples(header.buffer, 1, 999).view()));
      ASSERT_TRUE(writer->finish({}));
      EXPECT_EQ(writer->warnings().size(), 1U);
      open();
      EXPECT_TRUE(values<std::uint8_t>(tag).empty());
      EXPECT_THAT(values<std::uint8_t>(50706), ElementsAre(1, 4, 0, 0));
    }
  }
}

}  // namespace
}  // namespace latent::write
