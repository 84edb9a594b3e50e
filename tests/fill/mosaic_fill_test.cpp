// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/mosaic_fill.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

namespace latent::fill {
namespace {

TEST(MosaicFill, KeepsTheColoursOfTheirSites) {
  using enum CfaColour;
  const auto bayer = CfaPattern::create({2, 2}, {Red, Green, Green, Blue}).value();
  const std::vector<CfaColour> six{Green, Red,   Green, Green, Blue, Green, Blue,  Green, Blue,
                                   Red,   Green, Red,   Green, Red,  Green, Green, Blue,  Green,
                                   Green, Blue,  Green, Green, Red,  Green, Red,   Green, Red,
                                   Blue,  Green, Blue,  Green, Blue, Green, Green, Red,   Green};
  const auto xtrans = CfaPattern::create({6, 6}, six).value();
  for (const CfaPattern& cfa : {bayer, xtrans, CfaPattern{}}) {
    constexpr Size kSize{150, 120};
    auto sites = Image<float>::create(kSize).value();
    auto hole = Image<std::uint8_t>::create(kSize).value();
    const auto bar = Image<std::uint8_t>::create(kSize).value();
    const float light[3] = {0.3F, 0.6F, 0.45F};
    for (int y = 0; y < kSize.height; ++y) {
      for (int x = 0; x < kSize.width; ++x) {
        const int dx = x - 75;
        const int dy = y - 60;
        hole.view().at(x, y) = dx * dx + dy * dy < 200 ? 1 : 0;
        sites.view().at(x, y) = hole.view().at(x, y) != 0 ? 9.0F : light[rgb_index(cfa.at(x, y))];
      }
    }
    const auto filled =
        fill_mosaic(std::as_const(sites).view(), cfa, std::as_const(hole).view(), bar.view(), 2, {})
            .value();
    for (int y = 0; y < kSize.height; ++y) {
      for (int x = 0; x < kSize.width; ++x) {
        ASSERT_NEAR(filled.samples.view().at(x, y), light[rgb_index(cfa.at(x, y))], 0.01)
            << cfa.letters() << x << ',' << y;
      }
    }
  }
}

}  // namespace
}  // namespace latent::fill
