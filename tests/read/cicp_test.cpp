// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/cicp.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace latent::read {
namespace {

using colour::NamedProfile;
using colour::Profile;

void expect_named(const Cicp& cicp, NamedProfile name, int colours = 3) {
  const auto profile = profile_of(cicp, colours);
  ASSERT_TRUE(profile) << cicp.primaries << ", " << cicp.transfer;
  EXPECT_EQ(profile->icc(), Profile::named(name).icc()) << profile->description();
}

TEST(Cicp, IsTheFourBytesOfTheChunk) {
  const std::vector<std::uint8_t> chunk{9, 16, 0, 1};
  EXPECT_EQ(parse_cicp(chunk), (Cicp{9, 16, 0, true}));
  EXPECT_EQ(parse_cicp(std::vector<std::uint8_t>{1, 13, 0, 0}), (Cicp{1, 13, 0, false}));
  EXPECT_EQ(parse_cicp(std::vector<std::uint8_t>{1, 13, 0}), std::nullopt);
  EXPECT_EQ(parse_cicp({}), std::nullopt);
}

TEST(Cicp, ThatANamedProfileSaysIsThatProfile) {
  expect_named({1, 13, 0, true}, NamedProfile::Srgb);
  expect_named({12, 13, 0, true}, NamedProfile::DisplayP3);
  expect_named({9, 13, 0, true}, NamedProfile::Rec2020);
  expect_named({1, 8, 0, true}, NamedProfile::LinearSrgb);
  expect_named({9, 8, 0, true}, NamedProfile::LinearRec2020);
  expect_named({1, 13, 0, true}, NamedProfile::Grey, 1);
  expect_named({9, 8, 0, true}, NamedProfile::LinearGrey, 1);
}

TEST(Cicp, OfAPowerIsAProfileOfItsPrimaries) {
  for (const int primaries : {1, 4, 5, 6, 7, 8, 9, 11, 12, 22}) {
    for (const int transfer : {4, 5, 8}) {
      const auto profile = profile_of({primaries, transfer, 0, true}, 3);
      ASSERT_TRUE(profile) << primaries << ", " << transfer;
      EXPECT_EQ(profile->is_linear(), transfer == 8);
    }
  }
  const auto p3 = profile_of({12, 8, 0, true}, 3);
  ASSERT_TRUE(p3);
  EXPECT_NE(p3->icc(), Profile::named(NamedProfile::LinearSrgb).icc());
}

TEST(Cicp, ThatNoProfileSaysExactlyIsNone) {
  // The curve of a camera, what nobody specified, XYZ, numbers that are reserved.
  for (const auto& [primaries, transfer] :
       {std::pair{1, 1}, {9, 14}, {2, 2}, {1, 2}, {2, 13}, {4, 13}, {10, 8}, {200, 4}, {1, 200}}) {
    EXPECT_FALSE(profile_of({primaries, transfer, 0, true}, 3)) << primaries << ", " << transfer;
  }
  EXPECT_FALSE(profile_of({1, 13, 1, true}, 3));   // YCbCr
  EXPECT_FALSE(profile_of({1, 13, 0, false}, 3));  // video's narrow range
  EXPECT_FALSE(profile_of({1, 4, 0, true}, 1));
}

TEST(Cicp, OfHighDynamicRangeHasAName) {
  EXPECT_STREQ(hdr_name({9, 16, 0, true}), "BT.2100 PQ");
  EXPECT_STREQ(hdr_name({9, 18, 0, true}), "BT.2100 HLG");
  EXPECT_STREQ(hdr_name({12, 16, 0, true}), "PQ");
  EXPECT_EQ(hdr_name({9, 13, 0, true}), nullptr);
  EXPECT_FALSE(profile_of({9, 16, 0, true}, 3));
  EXPECT_FALSE(profile_of({9, 18, 0, true}, 1));
}

}  // namespace
}  // namespace latent::read
