// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace latent::cli {
namespace {

TEST(Arguments, ARegionIsFourWholeNumbers) {
  EXPECT_EQ(*parse_region("10,20,300,400"), (Rect{10, 20, 300, 400}));
  for (const char* text :
       {"", "1,2,3", "1,2,3,4,5", "1,2,3,x", "-1,2,3,4", "1,2,0,4", "1,2,3,4 "}) {
    const auto refused = parse_region(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  }
}

}  // namespace
}  // namespace latent::cli
