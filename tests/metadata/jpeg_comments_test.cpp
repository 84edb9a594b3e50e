// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/jpeg_comments.h"
#include "of_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "file_bytes.h"

namespace latent::metadata {
namespace {

using namespace std::string_literals;
using test::jpeg;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string comment(const std::string& content) { return test::segment(content, '\xfe'); }

struct Found {
  std::vector<std::string> texts;
  std::vector<std::string> warnings;
};

Found comments_of(const std::string& file, const Limits& limits = {}) {
  Found found;
  for (const auto& entry : jpeg_comments(test::reader_of(file), limits, found.warnings)) {
    EXPECT_EQ(entry.keyword, "Comment");
    found.texts.push_back(entry.text);
  }
  return found;
}

TEST(JpegComments, AreReadInOrderWhateverTheirEncoding) {
  const auto found = comments_of(jpeg(comment("windy") + test::segment("no comment") +
                                      comment("Caf\xe9\0"s) + comment("Κάμερα")));
  EXPECT_THAT(found.texts, ElementsAre("windy", "Café", "Κάμερα"));
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(JpegComments, AreFoundBehindFillBytesNotBehindTheStartOfTheScan) {
  const std::string scan = test::segment("scan", '\xda');
  const auto found = comments_of(jpeg("\xff\xff\xff" + comment("windy") + scan + comment("late")));
  EXPECT_THAT(found.texts, ElementsAre("windy"));
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(JpegComments, ThatSayNothingAreNone) {
  const auto found = comments_of(jpeg(comment("") + comment("\0\0"s)));
  EXPECT_THAT(found.texts, IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(JpegComments, OfAnotherFormatAreNone) {
  EXPECT_THAT(comments_of("").texts, IsEmpty());
  EXPECT_THAT(comments_of(test::png("")).texts, IsEmpty());
  EXPECT_THAT(comments_of("xx" + comment("windy")).texts, IsEmpty());
}

TEST(JpegComments, ThatAreNoTextCutShortOrTooLargeAreNamed) {
  Limits limits;
  limits.max_metadata_bytes = 100;
  const std::string half = jpeg(comment("cut short")).substr(0, 10);
  for (const std::string& bad :
       {jpeg(comment("\1\0\2"s)), half, jpeg(comment(std::string(101, 'x'))),
        jpeg(comment(std::string(60, '\xe9')))}) {
    const auto found = comments_of(bad, limits);
    EXPECT_THAT(found.texts, IsEmpty());
    EXPECT_THAT(found.warnings, ElementsAre(HasSubstr("no text, damaged or too large")));
  }
  const std::string some = comment(std::string(40, 'x'));
  EXPECT_THAT(comments_of(jpeg(some + some + some), limits).texts, SizeIs(2));
}

TEST(JpegComments, AreAmongTheTextsOfTheWholeReader) {
  const auto metadata = test::of_bytes(
      test::bytes_of(jpeg(comment("windy") + test::xmp_segment(test::packet("xmp:Rating=\"4\"")))));
  EXPECT_THAT(metadata.warnings, IsEmpty());
  EXPECT_THAT(metadata.xmp, HasSubstr("xmp:Rating=\"4\""));
  EXPECT_THAT(metadata.texts, ElementsAre(TextEntry{"Comment", "windy", "", "", false}));
}

}  // namespace
}  // namespace latent::metadata
