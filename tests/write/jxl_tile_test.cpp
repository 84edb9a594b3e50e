// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/jxl_tile.h"

#include <gtest/gtest.h>
#include <jxl/decode.h>
#include <jxl/decode_cxx.h>
#include <tiffio.h>

#include <cmath>
#include <memory>

#include "dng_fixture.h"

namespace latent::write {
namespace {

/// By libjxl alone.
std::vector<std::uint16_t> decoded(const std::vector<std::uint8_t>& bytes, Size size) {
  const JxlDecoderPtr decoder = JxlDecoderMake(nullptr);
  JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_FULL_IMAGE);
  JxlDecoderSetInput(decoder.get(), bytes.data(), bytes.size());
  EXPECT_EQ(JxlDecoderProcessInput(decoder.get()), JXL_DEC_NEED_IMAGE_OUT_BUFFER);
  JxlBasicInfo info;
  EXPECT_EQ(JxlDecoderGetBasicInfo(decoder.get(), &info), JXL_DEC_SUCCESS);
  EXPECT_EQ(info.xsize, static_cast<std::uint32_t>(size.width));
  EXPECT_EQ(info.ysize, static_cast<std::uint32_t>(size.height));
  EXPECT_EQ(info.bits_per_sample, 16U);
  std::vector<std::uint16_t> samples(static_cast<std::size_t>(size.area()) * 3);
  const JxlPixelFormat format{3, JXL_TYPE_UINT16, JXL_NATIVE_ENDIAN, 0};
  EXPECT_EQ(JxlDecoderSetImageOutBuffer(decoder.get(), &format, samples.data(), 2 * samples.size()),
            JXL_DEC_SUCCESS);
  EXPECT_EQ(JxlDecoderProcessInput(decoder.get()), JXL_DEC_FULL_IMAGE);
  return samples;
}

TEST(JxlTile, WithoutLossGivesBackEverySample) {
  for (const Size size : {Size{1, 1}, Size{37, 5}, Size{300, 280}}) {
    auto samples = busy_samples(size, 3, 65535);
    samples.view().at(0, 0) = 65535;
    const auto bytes = encode_jxl_tile(std::as_const(samples).view(), kJxlLossless);
    ASSERT_TRUE(bytes) << bytes.error().sentence;
    const auto back = decoded(*bytes, size);
    std::size_t at = 0;
    for (int y = 0; y < size.height; ++y) {
      for (const std::uint16_t sample : std::as_const(samples).view().row(y)) {
        ASSERT_EQ(back[at++], sample);
      }
    }
  }
}

TEST(JxlTile, ReadsAWindowWithAStride) {
  const auto samples = busy_samples({64, 48}, 3, 65535);
  const auto window = samples.view().crop({11, 7, 20, 30});
  const auto bytes = encode_jxl_tile(window, kJxlLossless);
  ASSERT_TRUE(bytes);
  const auto back = decoded(*bytes, {20, 30});
  EXPECT_EQ(back[0], window.at(0, 0));
  EXPECT_EQ(back[3 * (29 * 20 + 19) + 2], window.at(19, 29, 2));
}

TEST(JxlTile, TheLossIsSmallAlongItsCurve) {
  auto samples = *Image<std::uint16_t>::create({256, 256}, 3);
  const auto& curve = JxlCurve::of_srgb();
  for (int y = 0; y < 256; ++y) {
    for (int x = 0; x < 256; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double wave = 0.3 + 0.25 * std::sin(0.07 * x + c) * std::cos(0.05 * y);
        samples.view().at(x, y, c) =
            curve.to_encoded[static_cast<std::size_t>(std::lround(32768 * wave))];
      }
    }
  }
  const auto bytes = encode_jxl_tile(std::as_const(samples).view(), kJxlUnseen);
  ASSERT_TRUE(bytes) << bytes.error().sentence;
  EXPECT_LT(bytes->size(), 256U * 256 * 6 / 20);
  const auto back = decoded(*bytes, {256, 256});
  double sum = 0;
  std::size_t at = 0;
  for (int y = 0; y < 256; ++y) {
    for (const std::uint16_t sample : std::as_const(samples).view().row(y)) {
      sum += std::pow((back[at++] - sample) / 65535.0, 2);
    }
  }
  EXPECT_LT(std::sqrt(sum / static_cast<double>(at)), 0.5 / 255);
}

TEST(JxlCurve, GoesThereAndBack) {
  const auto& curve = JxlCurve::of_srgb();
  ASSERT_EQ(curve.to_encoded.size(), 65536U);
  ASSERT_EQ(curve.to_linear.size(), 65536U);
  EXPECT_EQ(curve.to_linear[0], 0);
  EXPECT_EQ(curve.to_linear[65535], 65535);
  for (std::size_t i = 0; i < 65536; i += 7) {
    EXPECT_NEAR(curve.to_linear[curve.to_encoded[i]], static_cast<double>(i), 1.5);
  }
}

class JxlDngTest : public DngTest {
 protected:
  struct Close {
    void operator()(TIFF* tiff) const { TIFFClose(tiff); }
  };
  void open() {
    TIFFSetWarningHandler(nullptr);
    TIFFSetErrorHandler(nullptr);
    tiff_.reset(TIFFOpen(target_.c_str(), "r"));
    ASSERT_NE(tiff_, nullptr);
  }
  int compression() {
    std::uint16_t value = 0;
    TIFFGetField(tiff_.get(), TIFFTAG_COMPRESSION, &value);
    return value;
  }
  std::unique_ptr<TIFF, Close> tiff_;
};

TEST_F(JxlDngTest, TilesOfThreeColoursAreJpegXl) {
  const auto header = plain_header({700, 600}, SensorClass::LinearRgb);
  const auto samples = busy_samples(header.buffer, 3, 65535);
  DngOptions options;
  options.compression = DngCompression::JxlLossless;
  ASSERT_TRUE(write_dng(header, samples.view(), options));
  open();
  EXPECT_EQ(compression(), 52546);
  ASSERT_EQ(TIFFNumberOfTiles(tiff_.get()), 4U);
  for (std::uint32_t tile = 0; tile < 4; ++tile) {
    std::vector<std::uint8_t> bytes(TIFFGetStrileByteCount(tiff_.get(), tile));
    const auto size = static_cast<tmsize_t>(bytes.size());
    ASSERT_EQ(TIFFReadRawTile(tiff_.get(), tile, bytes.data(), size), size);
    const auto back = decoded(bytes, {512, 512});
    const int left = static_cast<int>(tile % 2) * 512;
    const int top = static_cast<int>(tile / 2) * 512;
    for (int y = top; y < std::min(600, top + 512); ++y) {
      for (int x = left; x < std::min(700, left + 512); ++x) {
        const auto at = static_cast<std::size_t>(3 * ((y - top) * 512 + x - left));
        ASSERT_EQ(back[at + 1], samples.view().at(x, y, 1));
      }
    }
  }
}

TEST_F(JxlDngTest, AMosaicBecomesLosslessJpeg) {
  const auto header = plain_header({320, 240}, SensorClass::Bayer);
  DngOptions options;
  options.compression = DngCompression::Jxl;
  ASSERT_TRUE(write_dng(header, busy_samples(header.buffer, 1, 999).view(), options));
  open();
  EXPECT_EQ(compression(), 7);
}

}  // namespace
}  // namespace latent::write
