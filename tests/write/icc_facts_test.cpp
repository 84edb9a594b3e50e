// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/icc_facts.h"

#include <gmock/gmock.h>

#include "picture_fixture.h"

namespace latent::write {
namespace {

void expect_point(const std::array<double, 2>& found, double x, double y) {
  EXPECT_NEAR(found[0], x, 5e-4);
  EXPECT_NEAR(found[1], y, 5e-4);
}

TEST(IccFacts, FindThePrimariesAndTheWhiteBehindTheAdaptation) {
  const IccFacts facts = icc_facts(rec2020_icc(1.0));
  ASSERT_TRUE(facts.chromaticities);
  expect_point(facts.chromaticities->red, 0.708, 0.292);
  expect_point(facts.chromaticities->green, 0.170, 0.797);
  expect_point(facts.chromaticities->blue, 0.131, 0.046);
  expect_point(facts.chromaticities->white, 0.3127, 0.3290);
  EXPECT_TRUE(facts.is_linear);
  EXPECT_FALSE(facts.is_srgb);
}

TEST(IccFacts, KnowSrgbByItsNumbers) {
  const IccFacts facts = icc_facts(srgb_icc());
  EXPECT_TRUE(facts.is_srgb);
  EXPECT_FALSE(facts.is_linear);
  EXPECT_FALSE(icc_facts(rec2020_icc(2.2)).is_srgb);
  EXPECT_FALSE(icc_facts(grey_icc()).is_srgb);
  EXPECT_FALSE(icc_facts(grey_icc()).chromaticities);
}

TEST(IccFacts, OfSomethingElseAreNone) {
  for (const auto& bytes : {std::vector<std::uint8_t>{}, std::vector<std::uint8_t>(400, 7)}) {
    const IccFacts facts = icc_facts(bytes);
    EXPECT_FALSE(facts.chromaticities);
    EXPECT_FALSE(facts.is_srgb || facts.is_linear);
  }
}

TEST(IccFacts, ACutProfileIsNoHarmWhereverItEnds) {
  const auto whole = srgb_icc();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A copy of its own, so that a sanitizer sees a step beyond its end.
    const std::vector<std::uint8_t> cut(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(size));
    const IccFacts facts = icc_facts(cut);
    EXPECT_TRUE(!facts.is_srgb || size > 400U) << size;
  }
}

}  // namespace
}  // namespace latent::write
