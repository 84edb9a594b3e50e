// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/geometry.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

TEST(Geometry, MirrorStandsOnTheFirstAndLastSample) {
  // ... 2 1 [0 1 2 3] 2 1 0 ...
  EXPECT_EQ(mirror_index(-1, 4), 1);
  EXPECT_EQ(mirror_index(-2, 4), 2);
  EXPECT_EQ(mirror_index(0, 4), 0);
  EXPECT_EQ(mirror_index(3, 4), 3);
  EXPECT_EQ(mirror_index(4, 4), 2);
  EXPECT_EQ(mirror_index(6, 4), 0);
  EXPECT_EQ(mirror_index(7, 4), 1);
  EXPECT_EQ(mirror_index(-100, 1), 0);
}

TEST(Geometry, MirrorKeepsTheParity) {
  for (int count = 2; count < 9; ++count) {
    for (int index = -40; index < 40; ++index) {
      EXPECT_EQ((mirror_index(index, count) - index) % 2, 0) << index << " of " << count;
    }
  }
}

TEST(Geometry, IntersectionOfApartIsEmpty) {
  EXPECT_TRUE((Rect{0, 0, 4, 4}.intersection({5, 5, 2, 2}).empty()));
  EXPECT_EQ((Rect{0, 0, 4, 4}.intersection({2, -1, 9, 3})), (Rect{2, 0, 2, 2}));
  EXPECT_TRUE((Rect{0, 0, 4, 4}.contains({1, 1, 3, 3})));
  EXPECT_FALSE((Rect{0, 0, 4, 4}.contains({1, 1, 4, 3})));
}

}  // namespace
}  // namespace latent
