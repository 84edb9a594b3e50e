// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace latent::cli {
namespace {

TEST(Terminal, DurationsAreReadAsPeopleSayThem) {
  EXPECT_EQ(readable_duration(0.04), "0.0 s");
  EXPECT_EQ(readable_duration(4.26), "4.3 s");
  EXPECT_EQ(readable_duration(59.4), "59 s");
  EXPECT_EQ(readable_duration(125), "2 min 05 s");
  EXPECT_EQ(readable_duration(4200), "1 h 10 min");
}

TEST(Terminal, BytesAreReadAsDisksAreSold) {
  EXPECT_EQ(readable_bytes(999), "999 B");
  EXPECT_EQ(readable_bytes(512'000), "512 kB");
  EXPECT_EQ(readable_bytes(31'400'000), "31.4 MB");
  EXPECT_EQ(readable_bytes(2.5e9), "2.5 GB");
}

TEST(Terminal, TheTimeLeftIsNotGuessedTooEarly) {
  EXPECT_LT(seconds_left(0.1, 0.5), 0.0);
  EXPECT_LT(seconds_left(5.0, 0.01), 0.0);
  EXPECT_DOUBLE_EQ(seconds_left(3.0, 0.25), 9.0);
}

}  // namespace
}  // namespace latent::cli
