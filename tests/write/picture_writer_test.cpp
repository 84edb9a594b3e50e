// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every format: names, refusals, nothing half-written.
#include "write/picture/picture_writer.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <map>
#include <string>

#include "picture_fixture.h"

namespace latent::write {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::vector<std::string> kNames{"a.tif", "a.png", "a.jpg", "a.exr", "a.jxl"};

TEST(PictureFormatOf, KnowsTheEndingsInAnyCase) {
  EXPECT_EQ(picture_format_of("x.tif").value(), PictureFormat::Tiff);
  EXPECT_EQ(picture_format_of("x.TIFF").value(), PictureFormat::Tiff);
  EXPECT_EQ(picture_format_of("x.y.Png").value(), PictureFormat::Png);
  EXPECT_EQ(picture_format_of("x.jpg").value(), PictureFormat::Jpeg);
  EXPECT_EQ(picture_format_of("x.JPEG").value(), PictureFormat::Jpeg);
  EXPECT_EQ(picture_format_of("x.exr").value(), PictureFormat::Exr);
  for (const char* name : {"x", "tif", "x.webp", "x.tif.gz", ".png"}) {
    const auto format = picture_format_of(name);
    ASSERT_FALSE(format) << name;
    EXPECT_EQ(format.error().code, ErrorCode::Usage);
    EXPECT_THAT(format.error().sentence, HasSubstr(".exr"));
  }
}

TEST(Holds, IsTheMatrixOfTheFormats) {
  for (const auto depth : {SampleDepth::U8, SampleDepth::U16, SampleDepth::F32}) {
    EXPECT_TRUE(holds(PictureFormat::Tiff, depth));
    EXPECT_TRUE(holds(PictureFormat::Jxl, depth));
    EXPECT_EQ(holds(PictureFormat::Jpeg, depth), depth == SampleDepth::U8);
    EXPECT_EQ(holds(PictureFormat::Png, depth), depth != SampleDepth::F32);
    EXPECT_EQ(holds(PictureFormat::Exr, depth), depth == SampleDepth::F32);
  }
}

class AnyFormat : public PictureWriterTest {
 protected:
  /// Calls `test` with a picture of a depth that the format of the name holds.
  template <class Test>
  void for_each_format(Test test) {
    for (const std::string& name : kNames) {
      SCOPED_TRACE(name);
      const auto format = picture_format_of(name);
      if (!format) continue;  // a build without JPEG XL
      if (*format == PictureFormat::Exr) {
        test(name, *format, scene<float>({90, 70}, 3));
      } else {
        test(name, *format, scene<std::uint8_t>({90, 70}, 3));
      }
      for (const auto& entry : fs::directory_iterator(folder_)) fs::remove_all(entry.path());
    }
  }
};

TEST_F(AnyFormat, AppearsOnlyWhenItIsWhole) {
  for_each_format([&](const std::string& name, PictureFormat format, const auto& picture) {
    {
      auto writer = PictureWriter::create(folder_ / name, format, header_of(picture), options_);
      ASSERT_TRUE(writer) << writer.error().sentence;
      ASSERT_TRUE(writer->write_rows(picture.view().crop({0, 0, 90, 31})));
      EXPECT_FALSE(fs::exists(folder_ / name));
    }
    EXPECT_EQ(files(), 0);
    ASSERT_TRUE(write(name, picture, header_of(picture)));
    EXPECT_EQ(files(), 1);
    EXPECT_GT(fs::file_size(folder_ / name), 500U);
  });
}

#ifdef NDEBUG
TEST_F(AnyFormat, MissingRowsRowsTooManyAndOfTheWrongShapeAreErrors) {
  for_each_format([&](const std::string& name, PictureFormat format, const auto& picture) {
    auto writer = PictureWriter::create(folder_ / name, format, header_of(picture), options_);
    ASSERT_TRUE(writer);
    const auto view = picture.view();
    const Image<std::uint16_t> wrong_depth = Image<std::uint16_t>::create({90, 1}, 3).value();
    EXPECT_EQ(writer->write_rows(wrong_depth.view()).error().code, ErrorCode::Internal);
    EXPECT_EQ(writer->write_rows(view.crop({0, 0, 89, 1})).error().code, ErrorCode::Internal);
    ASSERT_TRUE(writer->write_rows(view.crop({0, 0, 90, 69})));
    EXPECT_EQ(writer->finish().error().code, ErrorCode::Internal);
    EXPECT_EQ(writer->finish_as(folder_ / "b").error().code, ErrorCode::Internal);
    EXPECT_EQ(writer->write_rows(view.crop({0, 0, 90, 2})).error().code, ErrorCode::Internal);
    ASSERT_TRUE(writer->write_rows(view.crop({0, 69, 90, 1})));
    ASSERT_TRUE(writer->finish());
    EXPECT_EQ(writer->finish().error().code, ErrorCode::Internal);
  });
}
#endif

TEST_F(AnyFormat, FindsAnotherNameWhereTheFirstIsTakenMeanwhile) {
  options_.overwrite = Overwrite::Refuse;
  for_each_format([&](const std::string& name, PictureFormat format, const auto& picture) {
    auto writer = PictureWriter::create(folder_ / name, format, header_of(picture), options_);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write_rows(picture.view()));
    std::ofstream(folder_ / name) << "somebody else's";
    const auto refused = writer->finish();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Usage);
    ASSERT_TRUE(writer->finish_as(folder_ / ("other-" + name)));
    EXPECT_EQ(fs::file_size(folder_ / name), 15U);
    EXPECT_GT(fs::file_size(folder_ / ("other-" + name)), 500U);
    EXPECT_EQ(files(), 2);
    const auto taken = PictureWriter::create(folder_ / name, format, header_of(picture), options_);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::Usage);
  });
}

TEST_F(AnyFormat, AMissingFolderIsOneSentence) {
  for_each_format([&](const std::string& name, PictureFormat format, const auto& picture) {
    const auto writer =
        PictureWriter::create(folder_ / "no" / name, format, header_of(picture), options_);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, ErrorCode::NotFound);
    EXPECT_THAT(writer.error().sentence, HasSubstr(name));
  });
}

/// A limit of the process stands in for a full disk: the same path through every library.
TEST_F(AnyFormat, AFullDiskLeavesNothingAndSaysSo) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  for_each_format([&](const std::string& name, PictureFormat, const auto& picture) {
    rlimit tight = before;
    tight.rlim_cur = 700;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    const auto result = write(name, picture, header_of(picture));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Io) << result.error().sentence;
    EXPECT_THAT(result.error().sentence, HasSubstr(name));
    EXPECT_EQ(files(), 0);
  });
  std::signal(SIGXFSZ, handler);
}

TEST_F(PictureWriterTest, ADepthThatTheFormatDoesNotHoldIsRefused) {
  PictureHeader header;
  header.size = {8, 8};
  header.depth = SampleDepth::U16;
  for (const auto format : {PictureFormat::Jpeg, PictureFormat::Exr}) {
    const auto writer = PictureWriter::create(folder_ / "a", format, header, options_);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, ErrorCode::Usage);
    EXPECT_THAT(writer.error().sentence, HasSubstr("TIFF"));
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(PictureWriterTest, ASideThatTheFormatDoesNotHoldIsRefused) {
  PictureHeader header;
  header.size = {65'501, 2};
  header.depth = SampleDepth::U8;
  const auto jpeg = PictureWriter::create(folder_ / "a.jpg", PictureFormat::Jpeg, header, options_);
  ASSERT_FALSE(jpeg);
  EXPECT_EQ(jpeg.error().code, ErrorCode::TooLarge);
  header.size = {2, 1'000'001};
  const auto png = PictureWriter::create(folder_ / "a.png", PictureFormat::Png, header, options_);
  ASSERT_FALSE(png);
  EXPECT_EQ(png.error().code, ErrorCode::TooLarge);
  EXPECT_EQ(files(), 0);
}

TEST(CheckSize, IsSetByTheFormatAndNotByWhatIsRead) {
  const Size enlarged{33'024, 22'016};  // 45 megapixels, four times a side
  const Size strip{68'000, 16};
  for (const auto format : {PictureFormat::Tiff, PictureFormat::Png, PictureFormat::Exr}) {
    EXPECT_TRUE(check_size("a", format, enlarged));
    EXPECT_TRUE(check_size("a", format, strip));
  }
  EXPECT_TRUE(check_size("a.jpg", PictureFormat::Jpeg, enlarged));
  EXPECT_TRUE(check_size("a.tif", PictureFormat::Tiff, {1'000'000'000, 1'000'000'000}));
  EXPECT_TRUE(check_size("a.jxl", PictureFormat::Jxl, {20'000, 30'000}));
}

TEST(CheckSize, ARefusalNamesTheSizeTheFormatAndAWayOut) {
  const auto jpeg = check_size("a.jpg", PictureFormat::Jpeg, {68'000, 16});
  ASSERT_FALSE(jpeg);
  EXPECT_EQ(jpeg.error().code, ErrorCode::TooLarge);
  for (const char* word : {"a.jpg", "68000 x 16", "65500", "JPEG", "TIFF"}) {
    EXPECT_THAT(jpeg.error().sentence, HasSubstr(word));
  }
  // The one library that wants the whole picture.
  const auto jxl = check_size("a.jxl", PictureFormat::Jxl, {33'024, 22'016});
  ASSERT_FALSE(jxl);
  EXPECT_EQ(jxl.error().code, ErrorCode::TooLarge);
  for (const char* word : {"memory", "600 megapixels", "TIFF"}) {
    EXPECT_THAT(jxl.error().sentence, HasSubstr(word));
  }
  for (const auto& refused : {jpeg, jxl}) {
    EXPECT_THAT(refused.error().sentence, testing::Not(HasSubstr("setting")));
  }
}

TEST_F(PictureWriterTest, ADiskWithoutRoomForPlainSamplesIsNamedBeforeTheWork) {
  PictureHeader header;
  header.size = {1'000'000, 1'000'000'000};  // petabytes
  const auto path = folder_ / "a.tif";
  options_.compression = TiffCompression::None;
  const auto plain = PictureWriter::create(path, PictureFormat::Tiff, header, options_);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, ErrorCode::Io);
  EXPECT_THAT(plain.error().sentence, HasSubstr("MB free"));
  EXPECT_EQ(files(), 0);
}

TEST_F(PictureWriterTest, AFileSystemThatDoesNotTellItsSizeIsNotFull) {
  // It says 0 bytes of 0, as many that are mounted through FUSE do.
  std::error_code error;
  const auto space = std::filesystem::space("/proc", error);
  if (error || space.capacity != 0) GTEST_SKIP() << "no such file system here";
  PictureHeader header;
  header.size = {8, 5};
  options_.compression = TiffCompression::None;
  const auto plain = PictureWriter::create("/proc/a.tif", PictureFormat::Tiff, header, options_);
  ASSERT_FALSE(plain);
  EXPECT_THAT(plain.error().sentence, testing::Not(HasSubstr("MB free")));
}

TEST_F(PictureWriterTest, TextWithoutAPlaceIsNamed) {
  const auto picture = scene<std::uint8_t>({20, 20}, 3);
  PictureHeader header = header_of(picture);
  header.metadata.texts = {{"Comment", "windy", "", "", false},
                           {"Title", "Holiday", "", "", true},
                           {"Source", "a scanner", "", "", false}};
  const std::map<std::string, std::string> left_out = {{"a.tif", "(Comment, Source)"},
                                                       {"a.jpg", "(Source)"}};
  for (const auto& [name, keywords] : left_out) {
    const auto warnings = write(name, picture, header);
    ASSERT_TRUE(warnings) << warnings.error().sentence;
    EXPECT_THAT(*warnings, testing::ElementsAre(HasSubstr(keywords))) << name;
  }
  const auto png = write("a.png", picture, header);
  ASSERT_TRUE(png);
  EXPECT_THAT(*png, testing::IsEmpty());
}

TEST_F(PictureWriterTest, WhatAFormatCannotHoldIsNamed) {
  const auto with_alpha = scene<std::uint8_t>({20, 20}, 4);
  const auto jpeg = write("a.jpg", with_alpha, header_of(with_alpha));
  ASSERT_TRUE(jpeg);
  EXPECT_THAT(*jpeg, testing::ElementsAre(HasSubstr("alpha was left out")));

  const auto picture = scene<float>({20, 20}, 3);
  PictureHeader header = header_of(picture);
  header.orientation = 6;
  header.metadata.iptc = {0x1c, 0x02, 0x78, 0x00, 0x01, 'H'};
  header.metadata.image = {{0x010f, 2, 2, {'A', 0}}};
  header.icc = grey_icc();
  const auto exr = write("a.exr", picture, header);
  ASSERT_TRUE(exr);
  EXPECT_THAT(*exr, testing::UnorderedElementsAre(HasSubstr("EXIF"), HasSubstr("IPTC"),
                                                  HasSubstr("orientation"), HasSubstr("profile")));
}

}  // namespace
}  // namespace latent::write
