// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/maker_note_place.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace latent::metadata {
namespace {

std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

/// IFD 0 at 8 with an Exif pointer to 26; that IFD with a maker note of 6 bytes at 44.
const std::string kLittle(
    "II*\0\x08\0\0\0"
    "\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0"
    "\x01\0\x7c\x92\x07\0\x06\0\0\0\x2c\0\0\0\0\0\0\0"
    "NOTE!!",
    50);
const std::string kBig(
    "MM\0*\0\0\0\x08"
    "\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0"
    "\0\x01\x92\x7c\0\x07\0\0\0\x06\0\0\0\x2c\0\0\0\0"
    "NOTE!!",
    50);

TEST(MakerNotePlace, IsCountedFromItsTiffStructureWhereverThatStands) {
  const auto note = bytes_of("NOTE!!");
  for (const std::string before : {"", "x", "MRM with a II and a MM before it"}) {
    const auto little = find_maker_note(bytes_of(before + kLittle), note);
    ASSERT_TRUE(little);
    EXPECT_EQ(little->offset, 44U);
    EXPECT_FALSE(little->big_endian);
    const auto big = find_maker_note(bytes_of(before + kBig), note);
    ASSERT_TRUE(big);
    EXPECT_EQ(big->offset, 44U);
    EXPECT_TRUE(big->big_endian);
  }
}

TEST(MakerNotePlace, OtherBytesAreNotTheNote) {
  EXPECT_FALSE(find_maker_note(bytes_of(kLittle), bytes_of("note!!")));
  EXPECT_FALSE(find_maker_note(bytes_of(kLittle), bytes_of("NOTE!")));
}

TEST(MakerNotePlace, AnyTruncationIsNotFoundAndNotACrash) {
  const auto note = bytes_of("NOTE!!");
  for (std::size_t size = 0; size < kLittle.size(); ++size) {
    EXPECT_FALSE(find_maker_note(bytes_of(kLittle.substr(0, size)), note));
    EXPECT_FALSE(find_maker_note(bytes_of(kBig.substr(0, size)), note));
  }
}

}  // namespace
}  // namespace latent::metadata
