// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/chromatic_correction.h"

#include <gtest/gtest.h>

#include "fringed_scene.h"

namespace latent::raw {
namespace {

constexpr Size kSize{420, 330};

/// Counts of `area`, corrected.
Image<float> corrected(const Mosaic& mosaic, const ChromaticShift& shift, const Rect& area,
                       int threads = 2) {
  const auto encoder = Encoder::create(mosaic, noise_of(1e-5, 1e-8), kTestLimits).value();
  const Rect seen = ChromaticCorrection::needed(area, shift);
  auto correction =
      ChromaticCorrection::create(mosaic, encoder, shift, seen, area, threads).value();
  auto made = Image<float>::create(area.size()).value();
  int taken = 0;
  for (int y = 0; y < seen.height; ++y) {
    std::vector<float> counts;
    for (int x = 0; x < seen.width; ++x) {
      counts.push_back(
          mosaic.samples.view().at(mosaic.active.x + seen.x + x, mosaic.active.y + seen.y + y));
    }
    correction.add(y, counts);
    for (;;) {
      const auto row = correction.take();
      EXPECT_TRUE(row) << row.error().sentence;
      if (!row || !*row) break;
      EXPECT_EQ((*row)->y, taken++);
      std::ranges::copy((*row)->counts, made.view().row((*row)->y).begin());
    }
  }
  EXPECT_EQ(taken, area.height);
  return made;
}

/// Root mean square of counts against the scene without fringes, of red and blue sites.
double error_of(const Image<float>& counts, const Mosaic& mosaic, const FringedScene& clean) {
  double sum = 0;
  int count = 0;
  for (int y = 8; y < counts.height() - 8; ++y) {
    for (int x = 8; x < counts.width() - 8; ++x) {
      const int colour = rgb_index(mosaic.cfa.at(x, y));
      if (colour == 1) continue;
      const double light = (counts.view().at(x, y) - FringedScene::kBlack) /
                           (FringedScene::kWhite - FringedScene::kBlack);
      sum += std::pow(light - clean.at(colour, x, y), 2);
      ++count;
    }
  }
  return std::sqrt(sum / count);
}

Image<float> as_it_is(const Mosaic& mosaic) {
  auto made = Image<float>::create(mosaic.samples.size()).value();
  for (int y = 0; y < made.height(); ++y) {
    std::ranges::copy(mosaic.samples.view().row(y), made.view().row(y).begin());
  }
  return made;
}

TEST(ChromaticCorrection, BringsRedAndBlueNearTheSceneWithoutFringes) {
  const ChromaticShift shift{kSize, {{1.6, 0.4, 0}}, {{-1.4, 0, 0}}};
  const FringedScene fringed(kSize, shift);
  const FringedScene clean(kSize, {kSize, {}, {}});
  for (const std::string& letters : {kBayerLetters, kXTransLetters}) {
    const Mosaic mosaic = fringed.mosaic(letters, {1, 0}, 0);
    const double before = error_of(as_it_is(mosaic), mosaic, clean);
    const double after = error_of(corrected(mosaic, shift, mosaic.active), mosaic, clean);
    EXPECT_LT(after, 0.72 * before) << letters;
  }
}

TEST(ChromaticCorrection, LeavesEverythingWhereNothingIsShifted) {
  for (const std::string& letters : {kBayerLetters, kXTransLetters}) {
    const Mosaic mosaic = FringedScene(kSize, {kSize, {}, {}}).mosaic(letters, {}, 0.01);
    const auto made = corrected(mosaic, {kSize, {}, {}}, mosaic.active);
    for (int y = 0; y < kSize.height; ++y) {
      for (int x = 0; x < kSize.width; ++x) {
        ASSERT_EQ(made.view().at(x, y), mosaic.samples.view().at(x, y));
      }
    }
  }
}

TEST(ChromaticCorrection, GreensStayAsTheyAre) {
  const ChromaticShift shift{kSize, {{1.5, 0, 0}}, {{-1.5, 0, 0}}};
  const Mosaic mosaic = FringedScene(kSize, shift).mosaic(kBayerLetters, {0, 1}, 0);
  const auto made = corrected(mosaic, shift, mosaic.active);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      if (rgb_index(mosaic.cfa.at(x, y)) != 1) continue;
      ASSERT_EQ(made.view().at(x, y), mosaic.samples.view().at(x, y));
    }
  }
}

TEST(ChromaticCorrection, APartHasTheSamplesOfTheWhole) {
  const ChromaticShift shift{kSize, {{2.2, 0, 0}}, {{-1.2, -0.7, 0}}};
  for (const std::string& letters : {kBayerLetters, kXTransLetters}) {
    const Mosaic mosaic = FringedScene(kSize, shift).mosaic(letters, {1, 1}, 0.005);
    const auto whole = corrected(mosaic, shift, mosaic.active);
    for (const Rect& part : {Rect{0, 0, 60, 50}, Rect{101, 67, 155, 203}, Rect{380, 300, 40, 30}}) {
      const auto made = corrected(mosaic, shift, part, 1);
      for (int y = 0; y < part.height; ++y) {
        for (int x = 0; x < part.width; ++x) {
          ASSERT_EQ(made.view().at(x, y), whole.view().at(part.x + x, part.y + y))
              << letters << ' ' << part.x + x << ", " << part.y + y;
        }
      }
    }
  }
}

}  // namespace
}  // namespace latent::raw
