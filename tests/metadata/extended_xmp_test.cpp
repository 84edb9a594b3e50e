// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/extended_xmp.h"
#include "of_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "file_bytes.h"
#include "metadata/metadata.h"
#include "metadata/provenance.h"

namespace latent::metadata {
namespace {

using namespace std::string_literals;
using test::extension_segment;
using test::jpeg;
using test::packet;
using test::xmp_segment;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kLongText(90'000, 'x');

/// The packet of a file, which names an extension.
std::string main_packet(const std::string& name, const std::string& elements = "") {
  return packet("xmp:Rating=\"4\" xmpNote:HasExtendedXMP=\"" + name + "\"", elements);
}

Metadata metadata_of(const std::string& file, const Limits& limits = {}) {
  return test::of_bytes(test::bytes_of(file), limits);
}

/// Segments of at most `step` bytes each.
std::vector<std::string> pieces_of(const std::string& extension, const std::string& name,
                                   std::size_t step = 60'000) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < extension.size(); at += step) {
    pieces.push_back(extension_segment(name, extension.size(), at, extension.substr(at, step)));
  }
  return pieces;
}

class ExtendedXmp : public testing::Test {
 protected:
  void expect_dropped(const std::string& file, const std::string& word) {
    const auto metadata = metadata_of(file);
    EXPECT_THAT(metadata.warnings,
                ElementsAre(testing::AllOf(HasSubstr("extended XMP"), HasSubstr(word))));
    EXPECT_THAT(metadata.xmp, HasSubstr("xmp:Rating=\"4\""));
    EXPECT_THAT(metadata.xmp, Not(HasSubstr("HasExtendedXMP")));
    EXPECT_THAT(metadata.xmp, Not(HasSubstr("xxxx")));
  }

  std::string extension_ = packet("", test::description(kLongText));
  std::string name_ = test::md5_of(extension_);
  std::vector<std::string> pieces_ = pieces_of(extension_, name_);
  std::string main_ = xmp_segment(main_packet(name_));
};

TEST_F(ExtendedXmp, IsJoinedInWhateverOrderItsPiecesStand) {
  ASSERT_EQ(pieces_.size(), 2U);
  for (const std::string& file :
       {jpeg(main_ + pieces_[0] + pieces_[1]), jpeg(pieces_[1] + main_ + pieces_[0])}) {
    const auto metadata = metadata_of(file);
    EXPECT_THAT(metadata.warnings, IsEmpty());
    EXPECT_THAT(metadata.xmp, HasSubstr(kLongText));
    EXPECT_THAT(metadata.xmp, HasSubstr("xmp:Rating=\"4\""));
    EXPECT_THAT(metadata.xmp, Not(HasSubstr("HasExtendedXMP")));
  }
}

TEST_F(ExtendedXmp, DoesNotReplaceWhatThePacketSays) {
  const auto main = xmp_segment(main_packet(name_, test::description("short")));
  const auto metadata = metadata_of(jpeg(main + pieces_[0] + pieces_[1]));
  EXPECT_THAT(metadata.xmp, HasSubstr("short"));
  EXPECT_THAT(metadata.xmp, Not(HasSubstr("xxxx")));
}

TEST_F(ExtendedXmp, WithoutAPieceIsDroppedAndNamed) {
  expect_dropped(jpeg(main_), "is missing");
  expect_dropped(jpeg(main_ + pieces_[0]), "not whole");
  expect_dropped(jpeg(main_ + pieces_[1]), "not whole");
}

TEST_F(ExtendedXmp, WhosePiecesContradictIsDroppedAndNamed) {
  const auto lie = [&](std::size_t whole, std::size_t offset) {
    return extension_segment(name_, whole, offset, extension_.substr(60'000));
  };
  expect_dropped(jpeg(main_ + pieces_[0] + pieces_[0] + pieces_[1]), "not whole");
  expect_dropped(jpeg(main_ + pieces_[0] + lie(extension_.size() + 1, 60'000)), "not whole");
  expect_dropped(jpeg(main_ + pieces_[0] + lie(extension_.size(), 59'999)), "not whole");
  expect_dropped(jpeg(main_ + pieces_[0] + lie(extension_.size(), 0xFFFFFFFF)), "not whole");
  // Four gigabytes that are promised and not there.
  expect_dropped(jpeg(main_ + extension_segment(name_, 0xFFFFFFFF, 0, "x")), "larger than any");
  const std::string other(32, 'A');
  expect_dropped(jpeg(main_ + pieces_of(extension_, other, 60'000)[0]), "is missing");
}

TEST_F(ExtendedXmp, ThatIsNoXmpIsDroppedAndNamed) {
  const std::string noise(70'000, '<');
  const std::string name = test::md5_of(noise);
  const auto pieces = pieces_of(noise, name);
  expect_dropped(jpeg(xmp_segment(main_packet(name)) + pieces[0] + pieces[1]), "damaged");
}

TEST_F(ExtendedXmp, OfAnotherChecksumIsTakenWithAWord) {
  const std::string name = "0123456789abcdef0123456789ABCDEF";
  const auto pieces = pieces_of(extension_, name);
  const auto metadata = metadata_of(jpeg(xmp_segment(main_packet(name)) + pieces[0] + pieces[1]));
  EXPECT_THAT(metadata.xmp, HasSubstr(kLongText));
  EXPECT_THAT(metadata.warnings, ElementsAre(HasSubstr("checksum")));
}

TEST_F(ExtendedXmp, BeyondTheLimitIsDroppedAndNamed) {
  Limits limits;
  limits.max_metadata_bytes = 80'000;
  const auto metadata = metadata_of(jpeg(main_ + pieces_[0] + pieces_[1]), limits);
  EXPECT_THAT(metadata.warnings, ElementsAre(HasSubstr("larger than any")));
}

TEST_F(ExtendedXmp, AnyTruncationNeverCrashes) {
  const std::string whole = jpeg(main_ + pieces_[0] + pieces_[1]);
  for (std::size_t size = 0; size < whole.size(); size += 997) {
    EXPECT_LE(metadata_of(whole.substr(0, size)).xmp.size(), 100'000U);
  }
}

TEST(SplitXmp, IsJoinedToWhatItWas) {
  const std::string large =
      packet("xmp:Rating=\"4\" tiff:Orientation=\"6\"", test::description(kLongText));
  Provenance provenance;
  provenance.latent_version = "0.1.0";
  const auto whole = xmp_with_provenance(large, "", provenance);
  ASSERT_TRUE(whole);
  const auto split = split_xmp(*whole, 65'000);
  ASSERT_TRUE(split) << split.error().sentence;
  EXPECT_LE(split->packet.size(), 65'000U);
  EXPECT_EQ(split->name, test::md5_of(split->extension));
  EXPECT_THAT(split->packet, HasSubstr("HasExtendedXMP=\"" + split->name));
  for (const char* stays : {"latent:Version", "tiff:Orientation", "xmp:Rating"}) {
    EXPECT_THAT(split->packet, HasSubstr(stays));
  }
  std::string file = xmp_segment(split->packet);
  for (const auto& piece : pieces_of(split->extension, split->name)) file += piece;
  const auto back = metadata_of(jpeg(file));
  EXPECT_THAT(back.warnings, IsEmpty());
  for (const std::string& said : {kLongText, "latent:Version"s, "xmp:Rating=\"4\""s}) {
    EXPECT_THAT(back.xmp, HasSubstr(said));
  }
}

TEST(SplitXmp, ThatCannotBecomeSmallEnoughIsRefused) {
  const auto tiny = split_xmp(packet("xmp:Rating=\"4\""), 100);
  ASSERT_FALSE(tiny);
  EXPECT_EQ(tiny.error().code, ErrorCode::TooLarge);
  const auto damaged = split_xmp("<x:xmpmeta <<<", 65'000);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace latent::metadata
