// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using test::expect_one_sentence;

/// Files of real cameras, which may be absent.
class RealFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder_)) {
      GTEST_SKIP() << folder_ << " is absent; set LATENT_SHARED_DATA";
    }
  }
  std::filesystem::path folder_ = test::shared_data() / "raw";
};

TEST_F(RealFiles, EveryHeaderOnlyFileIsRefusedWithOneSentence) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "header_only")) {
    const auto mosaic = open_raw(entry.path());
    ASSERT_FALSE(mosaic) << entry.path();
    expect_one_sentence(mosaic.error(), entry.path());
    ++count;
  }
  EXPECT_EQ(count, 15);
}

TEST_F(RealFiles, EveryHeaderOnlyFileIsInspectedPreviewedAndRenderedOrRefused) {
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "header_only")) {
    const auto facts = inspect_raw(entry.path());
    if (!facts) expect_one_sentence(facts.error(), entry.path());
    const auto preview = embedded_preview(entry.path());
    if (!preview) expect_one_sentence(preview.error(), entry.path());
    const auto picture = render_neutral<std::uint8_t>(entry.path(), {{}, 64});
    if (!picture) expect_one_sentence(picture.error(), entry.path());
  }
}

TEST_F(RealFiles, TheCanon550DIsReadExactly) {
  const auto mosaic = open_raw(folder_ / "decodable/tinydng_colorchart.dng");
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->sensor, SensorClass::Bayer);
  EXPECT_EQ(mosaic->samples.size(), (Size{1888, 1182}));
  EXPECT_EQ(mosaic->active, (Rect{152, 26, 1734, 1156}));
  EXPECT_EQ(mosaic->bits_per_sample, 14);
  EXPECT_EQ(mosaic->cfa.letters(), "RGGB");
  EXPECT_EQ(mosaic->levels.white[0], 15000);
  EXPECT_EQ(mosaic->levels.black.at(0, 0), 2056);
  EXPECT_EQ(mosaic->camera.unique_model, "Canon EOS Kiss X4");
  EXPECT_EQ(mosaic->sample_max, 12128);  // as LibRaw and tifffile see it
}

TEST_F(RealFiles, FourColoursAndLinearPicturesHaveNoMosaicButOpenAsLinear) {
  const auto g1 = inspect_raw(folder_ / "decodable/bayer4.crw");
  ASSERT_TRUE(g1) << g1.error().sentence;
  EXPECT_EQ(g1->sensor, SensorClass::FourColour);
  EXPECT_THAT(g1->obstacle, ::testing::HasSubstr("four-colour (GMYC)"));
  EXPECT_EQ(g1->camera.model, "PowerShot G1");
  EXPECT_FALSE(open_raw(folder_ / "decodable/bayer4.crw"));
  const auto converted = open_linear_raw(folder_ / "decodable/bayer4.crw");
  ASSERT_TRUE(converted) << converted.error().sentence;
  EXPECT_EQ(converted->samples.size(), g1->active.size());
  EXPECT_EQ(converted->white[0], 65535.0F);
  EXPECT_TRUE(converted->camera.calibrations.empty());
  EXPECT_EQ(converted->notices.size(), 1U);

  const auto six = inspect_raw(folder_ / "decodable/photoprism_canon_eos_6d.dng");
  ASSERT_TRUE(six) << six.error().sentence;
  EXPECT_EQ(six->sensor, SensorClass::LinearRgb);
  EXPECT_EQ(six->camera.iso, 1000);
  EXPECT_EQ(six->camera.calibrations.size(), 2U);
  EXPECT_TRUE(six->noise_profile.has_value());
  EXPECT_FALSE(open_raw(folder_ / "decodable/photoprism_canon_eos_6d.dng"));
  const auto lossy = open_linear_raw(folder_ / "decodable/photoprism_canon_eos_6d.dng");
  ASSERT_TRUE(lossy) << lossy.error().sentence;
  EXPECT_EQ(lossy->samples.size(), (Size{1224, 816}));
  EXPECT_GT(lossy->sample_max, 20000);  // OpcodeList2 made 16 linear bits of 8
  EXPECT_TRUE(std::ranges::none_of(lossy->carried_tags,
                                   [](const CarriedTag& carried) { return carried.tag == 51009; }));

  const auto kodak = inspect_raw(folder_ / "decodable/RAW_KODAK_C330_FORMAT_NONE_YRGB.raw");
  ASSERT_TRUE(kodak) << kodak.error().sentence;
  EXPECT_EQ(kodak->sensor, SensorClass::LinearRgb);
  EXPECT_THAT(kodak->colour_notice, ::testing::HasSubstr("does not know this camera's colours"));
  EXPECT_EQ(g1->colour_notice, "");   // LibRaw converts it, by the matrix that it has
  EXPECT_EQ(six->colour_notice, "");  // its DNG has two
  const auto colours = open_linear_raw(folder_ / "decodable/RAW_KODAK_C330_FORMAT_NONE_YRGB.raw");
  ASSERT_TRUE(colours) << colours.error().sentence;
  EXPECT_EQ(colours->samples.size(), (Size{1216, 912}));
}

TEST_F(RealFiles, TheLargestPreviewIsFound) {
  const auto preview = embedded_preview(folder_ / "decodable/photoprism_canon_eos_6d.dng");
  ASSERT_TRUE(preview && *preview);
  EXPECT_EQ((*preview)->size, (Size{1024, 683}));
  EXPECT_THAT((*preview)->jpeg.size(), ::testing::Gt(50000U));
  const auto none = embedded_preview(folder_ / "decodable/tinydng_colorchart.dng");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
}

TEST_F(RealFiles, WhatOpensIsRenderedToo) {
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "decodable")) {
    const auto picture = render_neutral<std::uint8_t>(entry.path(), {{}, 200});
    ASSERT_TRUE(picture) << picture.error().sentence;
    EXPECT_EQ(std::max(picture->width(), picture->height()), 200);
    EXPECT_EQ(picture->channels(), 3);
  }
}

/// The one camera format here whose pixels can be made up: a Minolta MRW is a header and, behind
/// it, 12-bit samples packed without compression.
class MadeUpMinolta : public RealFiles {
 protected:
  static constexpr Size kSize{3272, 2456};

  void SetUp() override {
    RealFiles::SetUp();
    if (IsSkipped()) return;
    std::ifstream file(folder_ / "header_only/exiftool_Minolta.mrw", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    samples_ = test::busy_samples(kSize, 100, 3900);
    for (std::size_t i = 0; i < samples_.size(); i += 2) {
      const unsigned pair = static_cast<unsigned>(samples_[i]) << 12U | samples_[i + 1];
      for (const unsigned shift : {16U, 8U, 0U}) {
        bytes_.push_back(static_cast<std::uint8_t>(pair >> shift));
      }
    }
  }
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint16_t> samples_;
};

TEST_F(MadeUpMinolta, IsReadByLibRawBitForBit) {
  const auto header = static_cast<std::size_t>(
      std::filesystem::file_size(folder_ / "header_only/exiftool_Minolta.mrw"));
  // The data begin where the MRM block ends: its length stands at byte 4, big-endian.
  const std::size_t data = (std::size_t{bytes_[4]} << 24U | std::size_t{bytes_[5]} << 16U |
                            std::size_t{bytes_[6]} << 8U | bytes_[7]) +
                           8;
  ASSERT_LE(data, header);
  bytes_.erase(bytes_.begin() + static_cast<std::ptrdiff_t>(data),
               bytes_.begin() + static_cast<std::ptrdiff_t>(header));
  const auto path = test::write_file("made_up.mrw", bytes_);
  const auto mosaic = open_raw(path);
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->sensor, SensorClass::Bayer);
  EXPECT_EQ(mosaic->bits_per_sample, 12);
  EXPECT_EQ(mosaic->cfa.letters(), "RGGB");
  EXPECT_EQ(mosaic->camera.calibrations.size(), 1U);
  ASSERT_EQ(mosaic->samples.size(), kSize);
  for (int y = 0; y < kSize.height; y += 97) {
    const auto row = std::as_const(mosaic->samples).view().row(y);
    EXPECT_TRUE(
        std::equal(row.begin(), row.end(), &samples_[static_cast<std::size_t>(y * kSize.width)]));
  }
}

TEST_F(MadeUpMinolta, IsRefusedWhereItsLastRowsAreMissing) {
  bytes_.resize(bytes_.size() / 2);
  const auto path = test::write_file("cut.mrw", bytes_);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Corrupt);
  expect_one_sentence(mosaic.error(), path);
}

}  // namespace
}  // namespace latent::read
