// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/spot_list.h"

#include <gtest/gtest.h>

namespace latent::fill {
namespace {

TEST(SpotList, ReadsWhatItWrites) {
  const SpotList list{{600, 400}, {{10.5, 20, 6, 0.05}, {599, 399, 2.5, 0.1}}};
  const auto again = spots_from_json(spots_to_json(list), "it").value();
  ASSERT_EQ(again.spots.size(), 2U);
  EXPECT_EQ(again.picture, (Size{600, 400}));
  EXPECT_DOUBLE_EQ(again.spots[0].x, 10.5);
  EXPECT_DOUBLE_EQ(again.spots[1].depth, 0.1);
  EXPECT_TRUE(spots_from_json(spots_to_json({{6, 4}, {}}), "it"));
}

TEST(SpotList, LiesRightInALargerPictureAndNotInATurnedOne) {
  const SpotList list{{600, 400}, {{299.5, 199.5, 10, 0.05}}};
  const auto larger = spots_in(list, {1200, 800}).value();
  EXPECT_DOUBLE_EQ(larger[0].x, 599.5);
  EXPECT_DOUBLE_EQ(larger[0].radius, 20);
  const auto turned = spots_in(list, {400, 600});
  ASSERT_FALSE(turned);
  EXPECT_NE(turned.error().sentence.find("another shape"), std::string::npos);
}

TEST(SpotList, RefusesWhatIsNoList) {
  for (const char* text :
       {"", "[]", "{}", R"({"latent_spots":2,"width":1,"height":1,"spots":[]})",
        R"({"latent_spots":1,"width":0,"height":1,"spots":[]})",
        R"({"latent_spots":1,"width":9,"height":9,"spots":[{"x":1,"y":1}]})",
        R"({"latent_spots":1,"width":9,"height":9,"spots":[{"x":50,"y":1,"radius":2}]})",
        R"({"latent_spots":1,"width":9,"height":9,"spots":[{"x":1,"y":1,"radius":2,"z":0}]})",
        R"({"latent_spots":1,"width":9,"height":9,"spots":[],"more":1})"}) {
    const auto list = spots_from_json(text, "'spots.json'");
    ASSERT_FALSE(list) << text;
    EXPECT_EQ(list.error().sentence.rfind("'spots.json'", 0), 0U) << list.error().sentence;
  }
}

}  // namespace
}  // namespace latent::fill
