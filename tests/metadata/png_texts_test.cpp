// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/png_texts.h"
#include "of_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "file_bytes.h"

namespace latent::metadata {
namespace {

using namespace std::string_literals;
using test::chunk;
using test::png;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Found {
  std::vector<TextEntry> entries;
  std::vector<std::string> warnings;
};

Found texts_of(const std::string& file, const Limits& limits = {}) {
  Found found;
  found.entries = png_texts(test::reader_of(file), limits, found.warnings);
  return found;
}

Metadata metadata_of(const std::string& file) { return test::of_bytes(test::bytes_of(file)); }

std::string itxt(const std::string& keyword, const std::string& text, bool packed = false) {
  return chunk("iTXt", keyword + "\0"s + (packed ? "\1\0"s : "\0\0"s) + "de\0Titel\0"s +
                           (packed ? test::deflated(text) : text));
}

TEST(PngTexts, OfEveryKindAreReadWhereverTheyStand) {
  const std::string packed = chunk("zTXt", "Comment\0\0"s + test::deflated("sm\xf8rrebr\xf8"s
                                                                           "d"));
  const auto texts =
      texts_of(png(chunk("tEXt", "Author\0Ren\xe9"s) + packed,
                   itxt("Title", "Öl auf Leinwand") + itxt("Source", "Κάμερα", true)));
  EXPECT_THAT(texts.warnings, IsEmpty());
  EXPECT_THAT(texts.entries,
              ElementsAre(TextEntry{"Author", "René", "", "", false},
                          TextEntry{"Comment", "smørrebrød", "", "", false},
                          TextEntry{"Title", "Öl auf Leinwand", "de", "Titel", false},
                          TextEntry{"Source", "Κάμερα", "de", "Titel", false}));
}

TEST(PngTexts, OfAnotherFormatAreNone) {
  EXPECT_THAT(texts_of("II*\0tEXt"s).entries, IsEmpty());
  EXPECT_THAT(texts_of("").entries, IsEmpty());
}

TEST(PngTexts, ThatTravelByTheirOwnWayOrAreOfTheFileAreLeftOutWithoutAWord) {
  const auto texts = texts_of(png(chunk("tEXt", "Raw profile type exif\0\nexif\n 2\n0000\n"s) +
                                  chunk("iTXt", "XML:com.adobe.xmp\0\0\0\0\0<x/>"s) +
                                  chunk("tEXt", "date:create\0"s + "2026") +
                                  chunk("tEXt", "Thumb::Size\0"s + "1kB")));
  EXPECT_THAT(texts.entries, IsEmpty());
  EXPECT_THAT(texts.warnings, IsEmpty());
}

TEST(PngTexts, ThatAreDamagedAreNamed) {
  std::string flipped = chunk("tEXt", "Title\0Holiday"s);
  flipped[12] = static_cast<char>(flipped[12] ^ 1);
  for (const std::string& bad :
       {flipped, chunk("tEXt", "no zero behind the keyword"s), chunk("tEXt", "\0text"s),
        chunk("tEXt", " Title\0text"s), chunk("tEXt", std::string(80, 'k') + "\0text"s),
        chunk("zTXt", "Title\0\1"s + test::deflated("x")), chunk("zTXt", "Title\0\0no zlib"s),
        chunk("zTXt", "Title\0\0"s + test::deflated("half of this").substr(0, 9)),
        chunk("iTXt", "Title\0\0\0\0\0\xff\xfe"s), chunk("iTXt", "Title\0\2\0\0\0text"s),
        chunk("iTXt", "Title\0\0\0en"s)}) {
    const auto texts = texts_of(png(bad));
    EXPECT_THAT(texts.entries, IsEmpty());
    EXPECT_THAT(texts.warnings, ElementsAre(HasSubstr("damaged or too large")));
  }
}

TEST(PngTexts, HaveNoMoreBytesThanTheLimitHoweverWellTheyArePacked) {
  Limits limits;
  limits.max_metadata_bytes = 100'000;
  const std::string bomb =
      chunk("zTXt", "Comment\0\0"s + test::deflated(std::string(5'000'000, 'x')));
  const auto texts = texts_of(png(bomb + chunk("tEXt", "Title\0kept"s)), limits);
  EXPECT_THAT(texts.entries, SizeIs(1));
  EXPECT_THAT(texts.warnings, SizeIs(1));
  std::string many;
  for (int i = 0; i < 30; ++i) {
    many += chunk("zTXt", "Comment\0\0"s + test::deflated(std::string(9'999, 'x')));
  }
  std::size_t bytes = 0;
  for (const auto& entry : texts_of(png(many), limits).entries) bytes += entry.text.size();
  EXPECT_GT(bytes, 50'000U);
  EXPECT_LE(bytes, 100'000U);
}

TEST(PngTexts, ManyThatUnpackToFarMoreCostNoMoreThanOne) {
  const std::string bomb =
      chunk("zTXt", "Comment\0\0"s + test::deflated(std::string(std::size_t{30} << 20U, 'x')));
  std::string many;
  for (int i = 0; i < 300; ++i) many += bomb;  // 9 GB, of which 64 MB are unpacked
  const std::clock_t begin = std::clock();
  const auto texts = texts_of(png(many + chunk("tEXt", "Title\0kept"s)));
  EXPECT_LT(std::clock() - begin, 3 * CLOCKS_PER_SEC);
  EXPECT_THAT(texts.entries, ElementsAre(TextEntry{"Title", "kept", "", "", false}));
  EXPECT_THAT(texts.warnings, SizeIs(1));
}

TEST(PngTexts, HaveNoMoreBytesThanTheLimitInTranslatedKeywordsEither) {
  Limits limits;
  limits.max_metadata_bytes = 1000;
  const std::string entry = chunk("iTXt", "Title\0\0\0de\0"s + std::string(700, 't') + "\0Reise"s);
  const auto texts = texts_of(png(entry + entry), limits);
  EXPECT_THAT(texts.entries, SizeIs(1));
  EXPECT_THAT(texts.warnings, SizeIs(1));
}

TEST(PngTexts, AnyTruncationIsWhatIsLeft) {
  const std::string whole = png(chunk("tEXt", "Title\0Holiday"s) + itxt("Author", "René", true));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_LE(texts_of(whole.substr(0, size)).entries.size(), 2U);
  }
}

TEST(PngTexts, OfTitleAndAuthorAreSaidInXmpWhereNobodySaysThem) {
  const auto metadata =
      metadata_of(png(chunk("tEXt", "Title\0Holiday"s) + chunk("tEXt", "Description\0By the sea"s) +
                      chunk("tEXt", "Author\0Ren\xe9"s) + chunk("tEXt", "Copyright\0(c) 2026"s) +
                      chunk("tEXt", "Comment\0windy"s) + chunk("tEXt", "Software\0GIMP"s)));
  EXPECT_THAT(metadata.warnings, IsEmpty());
  for (const char* said : {"Holiday", "By the sea", "René", "(c) 2026", "dc:title", "dc:creator"}) {
    EXPECT_THAT(metadata.xmp, HasSubstr(said));
  }
  EXPECT_THAT(metadata.xmp, testing::Not(HasSubstr("windy")));
  ASSERT_THAT(metadata.texts, SizeIs(6));
  for (const TextEntry& entry : metadata.texts) {
    EXPECT_EQ(entry.elsewhere, entry.keyword != "Comment") << entry.keyword;
  }
  EXPECT_EQ(metadata.software(), "GIMP");
}

TEST(PngTexts, DoNotReplaceWhatXmpSays) {
  const auto xmp = chunk(
      "iTXt", "XML:com.adobe.xmp\0\0\0\0\0"s + test::packet("", test::description("as in XMP")));
  const auto other = metadata_of(png(xmp + chunk("tEXt", "Description\0as in text"s)));
  EXPECT_THAT(other.xmp, HasSubstr("as in XMP"));
  EXPECT_THAT(other.xmp, testing::Not(HasSubstr("as in text")));
  ASSERT_THAT(other.texts, SizeIs(1));
  EXPECT_FALSE(other.texts[0].elsewhere);
  const auto same = metadata_of(png(xmp + chunk("tEXt", "Description\0as in XMP"s)));
  ASSERT_THAT(same.texts, SizeIs(1));
  EXPECT_TRUE(same.texts[0].elsewhere);
}

}  // namespace
}  // namespace latent::metadata
