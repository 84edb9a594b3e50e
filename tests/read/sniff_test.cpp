// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string_view>

#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using test::expect_one_sentence;
using test::write_file;

FileKind kind_of_text(std::string_view text) {
  return kind_of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

TEST(Sniff, KnowsFilesByTheirFirstBytes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(kind_of_text(""), FileKind::Empty);
  EXPECT_EQ(kind_of_text("Dear diary,\r\n\ttoday"), FileKind::Text);
  EXPECT_EQ(kind_of_text("\xFF\xD8\xFF\xE1"), FileKind::Jpeg);
  EXPECT_EQ(kind_of_text("\x89PNG\r\n\x1A\n"), FileKind::Png);
  EXPECT_EQ(kind_of_text("II*\0\x08\0\0\0"sv), FileKind::Tiff);
  EXPECT_EQ(kind_of_text("MM\0+\0\x08\0\0"sv), FileKind::Tiff);
  EXPECT_EQ(kind_of_text("\0\0\0\x18"
                         "ftypcrx "sv),
            FileKind::Binary);  // Canon CR3
  EXPECT_EQ(kind_of_text("\0\0\0\x18"
                         "ftypheic"sv),
            FileKind::Heif);
  EXPECT_EQ(kind_of_text("FUJIFILMCCD-RAW \x01"), FileKind::Binary);
  EXPECT_EQ(kind_of_text("BM\x36\0\0\0\0\0\0\0\x36"sv), FileKind::Bmp);
  EXPECT_EQ(kind_of_text("\0\0\0\0"sv), FileKind::Binary);
}

TEST(Sniff, TellsTheFamilyOfMp4ByAllBrands) {
  using namespace std::string_view_literals;
  EXPECT_EQ(kind_of_text("\0\0\0\x18"
                         "ftypmif1\0\0\0\0mif1avif"sv),
            FileKind::Avif);
  EXPECT_EQ(kind_of_text("\0\0\0\x18"
                         "ftypmsf1\0\0\0\0msf1hevc"sv),
            FileKind::Heif);
  EXPECT_EQ(kind_of_text("\0\0\0\x18"
                         "ftypXAVC\0\0\0\0XAVCmp42"sv),
            FileKind::Movie);
  EXPECT_EQ(kind_of_text("\0\0\0\x18"
                         "ftypcrx \0\0\0\1crx isom"sv),
            FileKind::Binary);
}

TEST(Sniff, TellsTargaByItsFootOrItsName) {
  std::vector<std::uint8_t> picture{0, 0, 2, 0, 0,  0, 0, 0, 0, 0, 0, 0,
                                    2, 0, 1, 0, 24, 0, 1, 2, 3, 4, 5, 6};
  EXPECT_EQ(sniff(write_file("picture.TGA", picture))->kind, FileKind::Targa);
  EXPECT_EQ(sniff(write_file("picture.xyz", picture))->kind, FileKind::Binary);
  for (const char letter : std::string_view("TRUEVISION-XFILE.")) {
    picture.push_back(static_cast<std::uint8_t>(letter));
  }
  picture.push_back(0);
  EXPECT_EQ(sniff(write_file("picture.xyz", picture))->kind, FileKind::Targa);
}

TEST(Sniff, SaysWhatHelpsOfEveryPictureThatIsNotRead) {
  for (const FileKind kind : {FileKind::Gif, FileKind::Photoshop, FileKind::Jpeg2000,
                              FileKind::NetPbm, FileKind::Svg, FileKind::Movie}) {
    EXPECT_NE(what_helps(kind), nullptr) << described(kind);
  }
  EXPECT_EQ(what_helps(FileKind::Tiff), nullptr);
}

TEST(Sniff, KnowsRawNamesInAnyCase) {
  const auto path = write_file("photo.NeF", {1, 2, 3});
  const auto sniffed = sniff(path);
  ASSERT_TRUE(sniffed);
  EXPECT_TRUE(sniffed->named_like_raw);
  EXPECT_EQ(sniffed->bytes, 3U);
  EXPECT_EQ(sniffed->kind, FileKind::Binary);
  const auto other = sniff(write_file("photo.tif", {1}));
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->named_like_raw);
}

TEST(Sniff, RefusesWhatIsNoFile) {
  const std::filesystem::path missing = "no/such/photo.dng";
  const auto not_there = sniff(missing);
  ASSERT_FALSE(not_there);
  EXPECT_EQ(not_there.error().code, ErrorCode::NotFound);
  expect_one_sentence(not_there.error(), missing);

  const auto folder = std::filesystem::temp_directory_path();
  const auto a_folder = sniff(folder);
  ASSERT_FALSE(a_folder);
  EXPECT_EQ(a_folder.error().code, ErrorCode::Usage);
  expect_one_sentence(a_folder.error(), folder);
}

TEST(Sniff, DoesNotWaitOnAPipe) {
  const auto path = write_file("neighbour", {0}).parent_path() / "pipe.dng";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const auto sniffed = sniff(path);
  ASSERT_FALSE(sniffed);
  EXPECT_EQ(sniffed.error().code, ErrorCode::Usage);
  expect_one_sentence(sniffed.error(), path);
}

TEST(Sniff, NamesAMissingPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const auto path = write_file("locked.dng", {1, 2, 3});
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const auto sniffed = sniff(path);
  ASSERT_FALSE(sniffed);
  EXPECT_EQ(sniffed.error().code, ErrorCode::Io);
  expect_one_sentence(sniffed.error(), path);
}

}  // namespace
}  // namespace latent::read
