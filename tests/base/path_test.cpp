// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/path.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

TEST(Path, ShowsAccentsAsTheyAre) {
  EXPECT_EQ(printable("été 東京 🙂"), "été 東京 🙂");
}

TEST(Path, ShowsWhatIsNoUtf8AsHex) {
  EXPECT_EQ(printable("a\xFF"
                      "b"),
            "a\\xffb");
  EXPECT_EQ(printable("\xC0\xAF"), "\\xc0\\xaf");           // overlong slash
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");           // cut short
}

TEST(Path, NoNameCanMoveTheCursor) { EXPECT_EQ(printable("a\x1b[2Jb\n"), "a\\x1b[2Jb\\x0a"); }

TEST(Path, QuotedStandsBetweenQuotes) { EXPECT_EQ(quoted("/a b/c.dng"), "'/a b/c.dng'"); }

}  // namespace
}  // namespace latent
