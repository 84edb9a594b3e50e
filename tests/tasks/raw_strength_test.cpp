// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/strength.h"

#include <gmock/gmock.h>

namespace latent::tasks {
namespace {

using testing::ElementsAre;

TEST(RawStrength, BlendsCleanAndSource) {
  const std::vector<std::uint16_t> source{100, 200, 300};
  std::vector<float> counts{50, 200, 400};
  blend(source, 0.25, counts);
  EXPECT_THAT(counts, ElementsAre(87.5F, 200.0F, 325.0F));
}

TEST(RawStrength, AllOfItLeavesCleanCountsBitForBit) {
  const std::vector<std::uint16_t> source{65535};
  std::vector<float> counts{0.1F};
  blend(source, 1.0, counts);
  EXPECT_THAT(counts, ElementsAre(0.1F));
}

TEST(RawStrength, AtRepairedSitesTheShareOfTheFileComesBack) {
  // Row 7 of the frame; the area begins at column 10 and row 5.
  const std::vector<raw::Defect> defects{{12, 6, 900, 100},
                                         {9, 7, 900, 100},
                                         {11, 7, 1100, 100},
                                         {13, 7, 900, 100},
                                         {11, 8, 900, 100}};
  std::vector<float> counts{100, 100, 100};
  add_at_defects(defects, {10, 5, 3, 9}, 2, 0.5, counts);
  EXPECT_THAT(counts, ElementsAre(100.0F, 600.0F, 100.0F));
}

}  // namespace
}  // namespace latent::tasks
