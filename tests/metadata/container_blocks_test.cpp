// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/container_blocks.h"
#include "of_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "file_bytes.h"
#include "metadata/metadata.h"

namespace latent::metadata {
namespace {

using Bytes = std::vector<std::uint8_t>;
using testing::IsEmpty;
using namespace std::string_literals;

const std::string kJxl = "\0\0\0\x0cJXL \x0d\x0a\x87\x0a"s;

std::string box(const std::string& name, const std::string& content) {
  return test::big_endian_text(static_cast<std::uint32_t>(content.size() + 8)) + name + content;
}

std::optional<ContainerBlocks> blocks_of(const std::string& file, const Limits& limits = {}) {
  return container_blocks(test::reader_of(file), limits);
}

TEST(ContainerBlocks, OfJpegXlAreTheTwoBoxesWhereverTheyStand) {
  const auto blocks = blocks_of(kJxl + box("jxlp", std::string(300, 'x')) + box("xml ", "<x/>") +
                                box("Exif", "\0\0\0\2__II*\0"s) + box("jxlp", "end"));
  ASSERT_TRUE(blocks);
  EXPECT_EQ(blocks->xmp, "<x/>");
  EXPECT_EQ(blocks->exif, (Bytes{'I', 'I', '*', 0}));
  EXPECT_THAT(blocks->warnings, IsEmpty());
}

TEST(ContainerBlocks, AreNotLostBehindLongBoxesAndInALastOneWithoutSize) {
  const std::string long_box = "\0\0\0\1jxlp\0\0\0\0\0\0\0\x13"s + "abc";
  const auto blocks = blocks_of(kJxl + long_box + "\0\0\0\0xml <y/>"s);
  ASSERT_TRUE(blocks);
  EXPECT_EQ(blocks->xmp, "<y/>");
}

TEST(ContainerBlocks, OfOpenExrIsTheXmpAttribute) {
  const std::string exr = "\x76\x2f\x31\x01\2\0\0\0"s;
  const auto blocks =
      blocks_of(exr + "owner\0string\0\2\0\0\0me"s + "xmp\0string\0\4\0\0\0<x/>"s + "\0"s);
  ASSERT_TRUE(blocks);
  EXPECT_EQ(blocks->xmp, "<x/>");
  EXPECT_THAT(blocks->exif, IsEmpty());
}

TEST(ContainerBlocks, OfAnotherFormatAreNone) {
  EXPECT_FALSE(blocks_of("II*\0\x08\0\0\0"s));
  EXPECT_FALSE(blocks_of(""));
  EXPECT_TRUE(blocks_of("\xff\x0a____"));  // JPEG XL without boxes
}

TEST(ContainerBlocks, SizesThatLieEndTheWalk) {
  for (const std::string& lie :
       {"\xff\xff\xff\xff"s
        "Exif",
        "\0\0\0\3Exif____"s, "\0\0\0\1Exif\xff\xff\xff\xff\xff\xff\xff\xff"s, "\0\0\0\1Exif\0\0"s,
        "\0\0\0\x0c"s
        "Exif\xff\xff\xff\xff"}) {
    const auto blocks = blocks_of(kJxl + lie);
    ASSERT_TRUE(blocks);
    EXPECT_THAT(blocks->exif, IsEmpty());
  }
  const auto exr = blocks_of("\x76\x2f\x31\x01\2\0\0\0xmp\0string\0\xff\xff\xff\xff<x/>"s);
  ASSERT_TRUE(exr);
  EXPECT_THAT(exr->xmp, IsEmpty());
}

TEST(ContainerBlocks, TooLargeAndCompressedBoxesAreNamed) {
  Limits small;
  small.max_metadata_bytes = 8;
  const auto blocks = blocks_of(kJxl + box("xml ", "123456789") + box("brob", "Exif???"), small);
  ASSERT_TRUE(blocks);
  EXPECT_THAT(blocks->xmp, IsEmpty());
  EXPECT_THAT(blocks->warnings, testing::SizeIs(2));
}

TEST(ContainerBlocks, DamagedXmpIsAWarningOfTheWholeReader) {
  const auto metadata = test::of_bytes(test::bytes_of(kJxl + box("xml ", "<x:xmpmeta <<<")));
  EXPECT_THAT(metadata.xmp, IsEmpty());
  EXPECT_THAT(metadata.warnings, testing::ElementsAre(testing::HasSubstr("XMP")));
}

}  // namespace
}  // namespace latent::metadata
