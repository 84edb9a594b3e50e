// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/print_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latent::app {
namespace {

using testing::HasSubstr;

PrintSize print(std::string_view text) {
  const auto parsed = parse_print_size(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(PrintSize{});
}

TEST(PrintSize, ReadsWhatItWrites) {
  for (const char* text : {"40x60cm@300", "8x10in@240", "297x420mm@150", "29.7x42cm@300"}) {
    EXPECT_EQ(text_of(print(text)), text);
  }
  EXPECT_EQ(text_of(print("40x60cm")), "40x60cm@300");
  EXPECT_EQ(text_of(print("40x60cm@200dpi")), "40x60cm@200");
}

TEST(PrintSize, RefusesOtherForms) {
  for (const char* text :
       {"", "40", "40x60", "40x60km", "x60cm", "40x60cm@", "40x60cm@0", "40x60cm@-3", "0x60cm",
        "40x60cm@300x", "nanx60cm", "infx60cm", "1e300x2cm", "40x60cm@99999", "40,60cm"}) {
    const auto parsed = parse_print_size(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::Usage);
    EXPECT_THAT(parsed.error().sentence, HasSubstr("40x60cm@300"));
  }
}

TEST(PrintSize, SuitsBothDirectionsOfAPicture) {
  const PrintSize paper = print("10x15in@300");
  EXPECT_DOUBLE_EQ(paper.dpi_of({3000, 2000}), 200);
  EXPECT_DOUBLE_EQ(paper.dpi_of({2000, 3000}), 200);
  EXPECT_DOUBLE_EQ(paper.dpi_of({3000, 3000}), 300) << "a square leaves two margins";
  EXPECT_DOUBLE_EQ(print("25.4x25.4mm").dpi_of({100, 100}), 100);
}

TEST(PrintSize, WantsTheSmallerFactorThatReachesTheResolution) {
  const PrintSize paper = print("40x60cm@300");  // 4724 x 7087 pixels
  EXPECT_EQ(*scale_for(paper, {6000, 4000}), 2);
  EXPECT_EQ(*scale_for(paper, {3543, 2362}), 2) << "within half a percent";
  EXPECT_EQ(*scale_for(paper, {3000, 2000}), 4);
  EXPECT_EQ(*scale_for(paper, {600, 400}), 4) << "the most there is";
}

TEST(PrintSize, RefusesAPictureWithEnoughPixels) {
  const auto scale = scale_for(print("10x15cm@300"), {6000, 4000});
  ASSERT_FALSE(scale);
  EXPECT_EQ(scale.error().sentence,
            "has enough pixels for 10 x 15 cm: 6000 x 4000 give 1016 dpi there, and 300 are asked "
            "for; print it as it is, or enlarge it with --scale 2");
}

}  // namespace
}  // namespace latent::app
