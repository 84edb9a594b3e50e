// SPDX-License-Identifier: GPL-3.0-or-later
// Headers of OpenEXR that promise more than the file holds.
#include "read/picture/exr_layout.h"

#include <gmock/gmock.h>

#include <string>

#include "read/picture/picture_file.h"

namespace latent::read {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

std::string number(std::uint64_t value, std::size_t bytes = 4) {
  std::string text;
  for (std::size_t k = 0; k < bytes; ++k) {
    text += k < sizeof value ? static_cast<char>(value >> (8 * k)) : '\0';
  }
  return text;
}

std::string attribute(const std::string& name, const std::string& type, const std::string& value) {
  return name + "\0"s + type + "\0"s + number(value.size()) + value;
}

std::string window(int width, int height) {
  return attribute("dataWindow", "box2i",
                   number(0, 8) + number(static_cast<std::uint64_t>(width - 1)) +
                       number(static_cast<std::uint64_t>(height - 1)));
}

/// The attributes of one part: three channels of floats (type 2) or half floats (1).
std::string part(int width, int height, int compression, const std::string& more = "",
                 char type = 2) {
  std::string channels;
  for (const char* name : {"B", "G", "R"}) {
    channels += name + "\0"s + type + std::string(7, '\0') + number(1) + number(1);
  }
  return attribute("channels", "chlist", channels + "\0"s) +
         attribute("compression", "compression", std::string(1, static_cast<char>(compression))) +
         window(width, height) + attribute("lineOrder", "lineOrder", "\0"s) + more + "\0"s;
}

std::string file(const std::string& parts, char flags = 0) {
  return "\x76\x2f\x31\x01\2"s + flags + "\0\0"s + parts;
}

/// With a table whose every block begins right behind it, and `rest` bytes there.
std::string with_table(const std::string& header, std::size_t blocks, std::size_t rest) {
  std::string whole = header;
  const std::size_t begin = header.size() + 8 * blocks;
  for (std::size_t i = 0; i < blocks; ++i) whole += number(begin, 8);
  return whole + std::string(rest, '\0');
}

/// What is said of the file when its samples are asked for.
Error refusal(const std::string& bytes, const Limits& limits = {}) {
  const MemoryBytes source({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  const auto opened = open_exr_picture(source, limits);
  if (!opened) return opened.error();
  const auto picture = (*opened)->read({});
  EXPECT_FALSE(picture);
  return picture ? Error{} : picture.error();
}

TEST(ExrLayout, PixelsThatNoCompressionBringsIntoTheFileAreRefusedBeforeMemoryIsTaken) {
  constexpr int kSide = 24'000;
  constexpr int kRows[] = {1, 1, 1, 16, 32, 16, 32, 32, 32, 256};
  for (int compression = 0; compression <= 9; ++compression) {
    const auto blocks =
        static_cast<std::size_t>((kSide + kRows[compression] - 1) / kRows[compression]);
    const auto error = refusal(with_table(file(part(kSide, kSide, compression)), blocks, 90'000));
    EXPECT_EQ(error.code, ErrorCode::Corrupt) << compression;
    EXPECT_THAT(error.sentence, HasSubstr("cannot hold its 24000 x 24000 pixels")) << compression;
  }
}

TEST(ExrLayout, ATableLongerThanTheFileIsRefused) {
  EXPECT_THAT(refusal(file(part(60'000, 4000, 9)) + std::string(100, '\0')).sentence,
              HasSubstr("cannot hold"));
  const std::string tiles =
      attribute("tiles", "tiledesc", number(1) + number(1) + "\0"s);  // of one pixel each
  EXPECT_THAT(refusal(file(part(24'000, 24'000, 9, tiles), 2)).sentence, HasSubstr("cannot hold"));
}

TEST(ExrLayout, BlocksThatWereNeverWrittenAreNamed) {
  const std::string header = file(part(100, 64, 3));
  const std::string unwritten = header + std::string(4 * 8, '\0') + std::string(1000, '\0');
  EXPECT_THAT(refusal(unwritten).sentence,
              HasSubstr("is cut short: 4 of its 4 blocks are missing"));
}

TEST(ExrLayout, AnAttributeLongerThanTheFileIsRefused) {
  for (const std::uint64_t size : {1000ULL, 0x7FFFFFFFULL, 0xFFFFFFFFULL}) {
    const auto error = refusal(file("comments\0string\0"s + number(size) + part(10, 10, 0)));
    EXPECT_EQ(error.code, ErrorCode::Corrupt);
    EXPECT_THAT(error.sentence, HasSubstr("its attribute comments should have"));
  }
}

TEST(ExrLayout, AValueWhoseTypeHasAnotherSizeIsRefusedBeforeOpenExrReadsOn) {
  const auto error =
      refusal(file(part(10, 10, 0, attribute("screenWindowCenter", "v2f", number(0, 12)))));
  EXPECT_EQ(error.code, ErrorCode::Corrupt);
  EXPECT_THAT(error.sentence, HasSubstr("screenWindowCenter has 12 bytes"));
  // A list of channels that goes on behind its size.
  const std::string channels = "R\0"s + std::string(8, '\0') + number(1) + number(1) + "\0"s;
  const std::string cut = "channels\0chlist\0"s + number(channels.size() - 1) + channels;
  EXPECT_THAT(refusal(file(cut + window(10, 10) + "\0"s)).sentence, HasSubstr("list of channels"));
}

TEST(ExrLayout, APreviewWhoseSidesContradictItsBytesIsRefused) {
  const std::string preview =
      attribute("preview", "preview", number(30'000) + number(30'000) + std::string(8, '\0'));
  EXPECT_THAT(refusal(file(part(10, 10, 0, preview))).sentence, HasSubstr("small preview"));
}

TEST(ExrLayout, TilesLargerThanAnyAreRefused) {
  const std::string tiles =
      attribute("tiles", "tiledesc", number(1 << 20) + number(1 << 20) + "\0"s);
  const auto error = refusal(file(part(10, 10, 3, tiles), 2));
  EXPECT_EQ(error.code, ErrorCode::TooLarge);
  EXPECT_THAT(error.sentence, HasSubstr("its tiles have"));
}

TEST(ExrLayout, TheOtherPartsAreJudgedToo) {
  const std::string first = part(10, 10, 0, attribute("type", "string", "scanlineimage"));
  const std::string high = part(1, 0x7FFFFFFF, 0, attribute("type", "string", "scanlineimage"));
  EXPECT_EQ(refusal(file(first + high + "\0"s, 0x10)).code, ErrorCode::TooLarge);
  const std::string unknown = part(
      1, 1, 0,
      attribute("type", "string", "newimage") + attribute("chunkCount", "int", number(0x7FFFFFF0)));
  EXPECT_THAT(refusal(file(first + unknown + "\0"s, 0x10)).sentence, HasSubstr("cannot hold"));
}

TEST(ExrLayout, AHeaderOfMoreThanAnyPictureHasIsRefused) {
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += attribute("a" + std::to_string(i), "int", number(1));
  EXPECT_EQ(refusal(file(many + part(10, 10, 0))).code, ErrorCode::TooLarge);
  Limits limits;
  limits.max_metadata_bytes = 1000;
  const std::string text = attribute("comments", "string", std::string(2000, 'x'));
  const Error refused = refusal(file(text + part(10, 10, 0)), limits);
  EXPECT_EQ(refused.code, ErrorCode::TooLarge);
  EXPECT_NE(refused.sentence.find("--limit-metadata"), std::string::npos) << refused.sentence;
}

TEST(ExrLayout, AnyTruncationIsCutShort) {
  const std::string whole = with_table(file(part(10, 10, 0)), 10, 100);
  for (std::size_t size = 8; size < whole.size(); ++size) {
    const auto error = refusal(whole.substr(0, size));
    EXPECT_EQ(error.code, ErrorCode::Corrupt);
    EXPECT_THAT(error.sentence, HasSubstr("cut short")) << size;
  }
}

}  // namespace
}  // namespace latent::read
