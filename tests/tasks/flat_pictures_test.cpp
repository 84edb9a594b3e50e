// SPDX-License-Identifier: GPL-3.0-or-later
// What our own writer makes of a flat picture is as small as a format can be, and must be read: the
// bounds by which a reader refuses what a file cannot hold lie below it.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "read/photograph.h"
#include "write/picture/picture_writer.h"

namespace latent::tasks {
namespace {

namespace fs = std::filesystem;

constexpr Size kSize{4000, 3000};

class FlatPictures : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / "latent-flat-pictures";
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// Writes black, and reads it back.
  template <class Sample>
  void expect_read(const std::string& name, SampleDepth depth,
                   const write::PictureWriterOptions& options = {}) {
    SCOPED_TRACE(name);
    const auto format = write::picture_format_of(name);
    if (!format) return;  // a build without JPEG XL
    write::PictureHeader header;
    header.size = kSize;
    header.depth = depth;
    const fs::path path = folder_ / name;
    auto writer = write::PictureWriter::create(path, *format, header, options);
    ASSERT_TRUE(writer) << writer.error().sentence;
    const auto rows = Image<Sample>::create({kSize.width, 500}, 3).value();
    for (int y = 0; y < kSize.height; y += 500) ASSERT_TRUE(writer->write_rows(rows.view()));
    ASSERT_TRUE(writer->finish());
    const auto picture = read::Photograph::open(path).value().picture();
    ASSERT_TRUE(picture) << fs::file_size(path) << " bytes: " << picture.error().sentence;
    EXPECT_EQ(std::get<Image<Sample>>(picture->samples).view().at(3999, 2999, 2), Sample{});
    RecordProperty(name, std::to_string(fs::file_size(path)));
    fs::remove(path);
  }

  fs::path folder_;
};

TEST_F(FlatPictures, OfBytesAreReadInEveryFormat) {
  for (const char* name : {"a.png", "a.jpg", "a.tif", "a.jxl"}) {
    expect_read<std::uint8_t>(name, SampleDepth::U8);
  }
}

TEST_F(FlatPictures, OfSixteenBitsAndFloatsAreReadToo) {
  expect_read<std::uint16_t>("a.png", SampleDepth::U16);
  expect_read<float>("a.exr", SampleDepth::F32);
  expect_read<float>("a.tif", SampleDepth::F32);
}

TEST_F(FlatPictures, AreReadInEveryCompressionOfTiff) {
  for (const auto pieces : {write::TiffPieces::Strips, write::TiffPieces::Tiles}) {
    write::PictureWriterOptions options;
    options.pieces = pieces;
    for (const auto compression : {write::TiffCompression::Deflate, write::TiffCompression::Zstd,
                                   write::TiffCompression::None}) {
      options.compression = compression;
      expect_read<std::uint8_t>("a.tif", SampleDepth::U8, options);
    }
  }
}

}  // namespace
}  // namespace latent::tasks
