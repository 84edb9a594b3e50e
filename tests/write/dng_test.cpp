// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/dng.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "dng_fixture.h"

namespace latent::write {
namespace {

using testing::HasSubstr;

/// LibRaw counts the CFA from the first active sample; 3 is its second green.
int libraw_colour(LibRaw& raw, int x, int y) {
  const int colour = raw.COLOR(y, x);
  return colour == 3 ? 1 : colour;
}

/// Expects the colours of the first sites that LibRaw calls active to be those of the header.
void expect_colours(LibRaw& raw, const DngHeader& header) {
  const int left = raw.imgdata.sizes.left_margin;
  const int top = raw.imgdata.sizes.top_margin;
  for (int y = 0; y < 12; ++y) {
    for (int x = 0; x < 12; ++x) {
      ASSERT_EQ(libraw_colour(raw, x, y), rgb_index(header.cfa.at(left + x, top + y)))
          << "at " << x << ", " << y;
    }
  }
}

TEST_F(DngTest, EveryBayerPhaseAndMarginComesBackFromLibRaw) {
  for (int phase = 0; phase < 4; ++phase) {
    for (int margin = 0; margin < 4; ++margin) {
      SCOPED_TRACE(phase * 10 + margin);
      DngHeader header = plain_header({645, 527}, SensorClass::Bayer);
      header.cfa = header.cfa.shifted({phase % 2, phase / 2});
      header.active = {4 + margin % 2, 2 + margin / 2, 600, 500};
      header.crop = {10, 9, 588, 480};
      const auto samples = busy_samples(header.buffer, 1, 16383);
      const auto status = write_dng(header, samples.view());
      ASSERT_TRUE(status) << status.error().sentence;
      LibRaw raw;
      expect_libraw_gives_back(raw, target_, samples.view());
      // LibRaw gives an odd margin of a Bayer sensor one more column or row, and keeps the far
      // edge.
      const auto& sizes = raw.imgdata.sizes;
      EXPECT_EQ(sizes.left_margin, header.active.x + header.active.x % 2);
      EXPECT_EQ(sizes.top_margin, header.active.y + header.active.y % 2);
      EXPECT_EQ(sizes.left_margin + sizes.width, header.active.right());
      EXPECT_EQ(sizes.top_margin + sizes.height, header.active.bottom());
      expect_colours(raw, header);
    }
  }
}

TEST_F(DngTest, EveryXTransPhaseComesBackFromLibRaw) {
  for (int phase = 0; phase < 18; ++phase) {
    SCOPED_TRACE(phase);
    DngHeader header = plain_header({613, 541}, SensorClass::XTrans);
    header.cfa = header.cfa.shifted({phase % 6, phase / 6});
    header.active = {phase % 5, phase % 7, 600, 530};
    header.crop = header.active;
    const auto samples = busy_samples(header.buffer, 1, 16383);
    const auto status = write_dng(header, samples.view());
    ASSERT_TRUE(status) << status.error().sentence;
    LibRaw raw;
    expect_libraw_gives_back(raw, target_, samples.view());
    EXPECT_EQ(raw.imgdata.idata.filters, 9U);
    expect_colours(raw, header);
  }
}

TEST_F(DngTest, EveryKindOfPictureComesBackInBothCompressions) {
  for (const auto sensor :
       {SensorClass::Bayer, SensorClass::XTrans, SensorClass::Mono, SensorClass::LinearRgb}) {
    for (const auto compression : {DngCompression::LosslessJpeg, DngCompression::None}) {
      // The last three are as many tiles wide as the tiles of some sensor have components.
      for (const Size size : {Size{1030, 77}, Size{62, 1100}, Size{513, 511}, Size{1024, 70},
                              Size{1440, 70}, Size{1536, 70}}) {
        SCOPED_TRACE(std::string(sensor_class_name(sensor)) + " " + std::to_string(size.width));
        const auto header = plain_header(size, sensor);
        const auto samples = busy_samples(size, sensor == SensorClass::LinearRgb ? 3 : 1, 65535);
        DngOptions options;
        options.compression = compression;
        options.threads = 3;
        const auto status = write_dng(header, samples.view(), options);
        ASSERT_TRUE(status) << status.error().sentence;
        LibRaw raw;
        expect_libraw_gives_back(raw, target_, samples.view());
      }
    }
  }
}

TEST_F(DngTest, BlackLevelsOfEverySiteAreCountedFromTheActiveArea) {
  DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
  header.levels.black = {{2, 2}, {1000.0F, 2000.0F, 3000.0F, 4000.0F}};
  header.cfa = header.cfa.shifted({1, 0});
  header.active = {2, 6, 300, 220};
  header.crop = header.active;
  const auto samples = busy_samples(header.buffer, 1, 16383);
  ASSERT_TRUE(write_dng(header, samples.view()));
  LibRaw raw;
  expect_libraw_gives_back(raw, target_, samples.view());
  const auto& color = raw.imgdata.color;
  // What LibRaw could not put into one value a colour stands in its repeat pattern.
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 2; ++x) {
      unsigned black = color.black + color.cblack[raw.COLOR(y, x)];
      if (color.cblack[4] > 0 && color.cblack[5] > 0) {
        black += color.cblack[6 + (static_cast<unsigned>(y) % color.cblack[4]) * color.cblack[5] +
                              static_cast<unsigned>(x) % color.cblack[5]];
      }
      EXPECT_EQ(static_cast<float>(black),
                header.levels.black.at(raw.imgdata.sizes.left_margin + x,
                                       raw.imgdata.sizes.top_margin + y));
    }
  }
}

TEST_F(DngTest, TheSmallestWhiteIsTheOneWhite) {
  DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
  header.levels.white = {15000.0F, 15500.0F, 16000.0F, 14000.5F};
  const auto samples = busy_samples(header.buffer, 1, 16383);
  ASSERT_TRUE(write_dng(header, samples.view()));
  LibRaw raw;
  expect_libraw_gives_back(raw, target_, samples.view());
  EXPECT_EQ(raw.imgdata.color.maximum, 14000U);
}

TEST_F(DngTest, ColoursOrientationAndNoiseComeBack) {
  DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
  header.orientation = 6;
  header.camera.iso = 3200;
  header.camera.exposure_seconds = 0.02;
  header.camera.aperture = 2.8;
  header.camera.focal_length_mm = 85;
  header.camera.baseline_exposure_ev = 0.35;
  header.noise = NoiseModel{{1e-4, 2e-4, 3e-4}, {1e-6, 2e-6, 3e-6}, NoiseModel::Origin::Given};
  const auto samples = busy_samples(header.buffer, 1, 16383);
  const auto preview = ramp_preview({300, 200});
  ASSERT_TRUE(write_dng(header, samples.view(), {}, preview.view()));
  LibRaw raw;
  expect_libraw_gives_back(raw, target_, samples.view());
  EXPECT_EQ(raw.imgdata.sizes.flip, 6);
  EXPECT_STREQ(raw.imgdata.idata.make, "Latent");
  EXPECT_NEAR(raw.imgdata.other.iso_speed, 3200, 0.5);
  EXPECT_NEAR(raw.imgdata.other.shutter, 0.02, 1e-6);
  EXPECT_NEAR(raw.imgdata.other.aperture, 2.8, 1e-6);
  EXPECT_NEAR(raw.imgdata.other.focal_len, 85, 1e-4);
  const auto& color = raw.imgdata.color;
  EXPECT_NEAR(color.cam_mul[0] / color.cam_mul[1], 2.0, 1e-4);
  EXPECT_NEAR(color.cam_mul[2] / color.cam_mul[1], 1.5, 1e-4);
  EXPECT_NEAR(color.dng_levels.baseline_exposure, 0.35, 1e-6);
  EXPECT_NEAR(color.dng_color[0].colormatrix[0][0], 0.9, 1e-6);
  EXPECT_EQ(color.dng_color[0].illuminant, 21);
}

TEST_F(DngTest, AnUnturnedPreviewAndItsThumbnailAreFound) {
  DngHeader header = plain_header({640, 480}, SensorClass::Bayer);
  const auto samples = busy_samples(header.buffer, 1, 16383);
  const auto preview = ramp_preview({640, 480});
  ASSERT_TRUE(write_dng(header, samples.view(), {}, preview.view()));
  LibRaw raw;
  ASSERT_EQ(raw.open_file(target_.c_str()), LIBRAW_SUCCESS);
  ASSERT_EQ(raw.unpack_thumb(), LIBRAW_SUCCESS);
  EXPECT_EQ(raw.imgdata.thumbnail.tformat, LIBRAW_THUMBNAIL_JPEG);
  EXPECT_EQ(raw.imgdata.thumbnail.twidth, 640);
  EXPECT_EQ(raw.imgdata.thumbnail.theight, 480);
}

TEST_F(DngTest, NothingIsLeftOfAWriterThatDidNotFinish) {
  const auto header = plain_header({320, 240}, SensorClass::Bayer);
  {
    auto writer = DngWriter::create(target_, header, {});
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write_rows(busy_samples({320, 100}, 1, 999).view()));
    EXPECT_LE(files(), 1);  // none where the file system knows files without a name
    EXPECT_FALSE(std::filesystem::exists(target_));
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(DngTest, TakesAnotherNameWhereTheFirstWasTakenMeanwhile) {
  const auto header = plain_header({320, 240}, SensorClass::Bayer);
  auto writer = DngWriter::create(target_, header, {});
  ASSERT_TRUE(writer);
  const auto samples = busy_samples({320, 240}, 1, 999);
  ASSERT_TRUE(writer->write_rows(samples.view()));
  std::ofstream(target_) << "somebody else's";
  const auto refused = writer->finish({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  ASSERT_TRUE(writer->finish_as(folder_ / "out_1.dng"));
  LibRaw raw;
  expect_libraw_gives_back(raw, folder_ / "out_1.dng", samples.view());
}

TEST_F(DngTest, RefusesWhatItCannotSay) {
  const auto refused = [&](const DngHeader& header, ErrorCode code) {
    const auto writer = DngWriter::create(target_, header, {});
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, code) << writer.error().sentence;
  };
  refused(plain_header({320, 240}, SensorClass::FourColour), ErrorCode::Unsupported);
  DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
  header.active = {1, 0, 320, 240};
  refused(header, ErrorCode::Corrupt);
  header = plain_header({320, 240}, SensorClass::Bayer);
  header.levels.white[2] = 100.0F;
  refused(header, ErrorCode::Corrupt);
  header = plain_header({320, 240}, SensorClass::Bayer);
  header.levels.black.counts.clear();
  refused(header, ErrorCode::Corrupt);
  header = plain_header({320, 240}, SensorClass::LinearRgb);
  header.levels.black = {{1, 1}, {64.0F}};
  refused(header, ErrorCode::Unsupported);
  header = plain_header({320, 240}, SensorClass::LinearRgb);
  header.active = {0, 0, 300, 240};
  header.crop = header.active;
  refused(header, ErrorCode::Unsupported);
  EXPECT_EQ(files(), 0);
}

TEST_F(DngTest, AFullDiskIsOneSentenceAndLeavesNothing) {
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = old;
  small.rlim_cur = 100'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto header = plain_header({1024, 1024}, SensorClass::Bayer);
  const auto status = write_dng(header, busy_samples({1024, 1024}, 1, 16383).view());
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::Io);
  EXPECT_THAT(status.error().sentence, HasSubstr("out.dng'"));
  EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace latent::write
