// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/exif_facts.h"

#include <gtest/gtest.h>

#include "tiny_dng.h"

namespace latent::read {
namespace {

ExifFacts facts_of(test::TinyDng dng) {
  dng.samples = test::busy_samples(dng.size);
  return exif_facts(dng.encode());
}

TEST(ExifFacts, KnowsOrientationAndResolutionInPixelsPerInch) {
  test::TinyDng dng;
  dng.first_tags[274] = test::shorts({6});
  dng.first_tags[282] = test::rationals({100});
  dng.first_tags[283] = test::rationals({50});
  dng.first_tags[296] = test::shorts({3});  // per centimetre
  const ExifFacts facts = facts_of(dng);
  EXPECT_EQ(facts.orientation, 6);
  EXPECT_DOUBLE_EQ(facts.resolution.x, 254);
  EXPECT_DOUBLE_EQ(facts.resolution.y, 127);
  EXPECT_FALSE(facts.adobe_rgb);
}

TEST(ExifFacts, AnOrientationThatIsNoneIsAbsent) {
  for (const auto stated : std::initializer_list<std::uint16_t>{0, 9, 65535}) {
    test::TinyDng dng;
    dng.first_tags[274] = test::shorts({stated});
    EXPECT_EQ(facts_of(dng).orientation, std::nullopt) << stated;
  }
}

// Found by the fuzzers: such a number fits no integer, and what a cast makes of it is not defined.
TEST(ExifFacts, NumbersTooLargeForAnIntegerAreAsIfAbsent) {
  for (const double absurd : {3.4403e161, 4.64341e22, -1e300}) {
    test::TinyDng dng;
    dng.first_tags[274] = test::doubles({absurd});
    dng.first_tags[34665] = test::doubles({absurd});
    const ExifFacts facts = facts_of(dng);
    EXPECT_EQ(facts.orientation, std::nullopt);
    EXPECT_FALSE(facts.adobe_rgb);
  }
}

}  // namespace
}  // namespace latent::read
