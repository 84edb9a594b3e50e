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

TEST(Arguments, NoiseIsAutoOrTwoOrSixNumbers) {
  EXPECT_FALSE(parse_noise("auto")->has_value());
  const auto one = parse_noise("1e-3,2e-6");
  ASSERT_TRUE(one && one->has_value());
  EXPECT_DOUBLE_EQ((*one)->a[2], 1e-3);
  EXPECT_DOUBLE_EQ((*one)->b[0], 2e-6);
  EXPECT_EQ((*one)->origin, NoiseModel::Origin::Given);
  const auto six = parse_noise("1,2,3,4,5,6");
  ASSERT_TRUE(six && six->has_value());
  EXPECT_DOUBLE_EQ((*six)->a[1], 3);
  EXPECT_DOUBLE_EQ((*six)->b[2], 6);
  for (const char* text : {"", "1", "1,2,3", "-1,0", "nan,0", "inf,0", "1;2"}) {
    EXPECT_FALSE(parse_noise(text)) << text;
  }
}

TEST(Level, IsAutoOrASigma) {
  EXPECT_EQ(*parse_level("auto"), std::nullopt);
  EXPECT_EQ(*parse_level("12.5"), 12.5);
  for (const char* text : {"", "-1", "256", "nan", "1,2", "much"})
    EXPECT_FALSE(parse_level(text)) << text;
}

}  // namespace
}  // namespace latent::cli
