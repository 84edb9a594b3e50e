// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/chromatic_shift.h"

#include <gtest/gtest.h>

#include "fringed_scene.h"
#include "raw/chromatic_fit.h"

namespace latent::raw {
namespace {

constexpr Size kSize{760, 560};

ChromaticShift shift_of(const std::array<double, 3>& red, const std::array<double, 3>& blue) {
  return {kSize, {red}, {blue}};
}

MeasuredShift measured(const Mosaic& mosaic, double a = 1e-6) {
  auto found = measure_chromatic_shift(mosaic, noise_of(a, 1e-8), 2);
  EXPECT_TRUE(found) << found.error().sentence;
  return *found;
}

struct Sensor {
  std::string letters;
  Point phase;
};
const std::vector<Sensor> kSensors{{kBayerLetters, {0, 0}},
                                   {kBayerLetters, {1, 0}},
                                   {kXTransLetters, {0, 0}},
                                   {kXTransLetters, {2, 1}}};

TEST(ChromaticShift, IsRecoveredWithinATenth) {
  constexpr double kRoom = 0.04;  // of edges harder than any lens draws, in X-Trans
  const ChromaticShift truth = shift_of({1.2, 0.4, 0}, {-0.9, 0.0, -0.2});
  const FringedScene scene(kSize, truth);
  for (const Sensor& sensor : kSensors) {
    const MeasuredShift found = measured(scene.mosaic(sensor.letters, sensor.phase, 0));
    ASSERT_EQ(found.red, ShiftVerdict::Found);
    ASSERT_EQ(found.blue, ShiftVerdict::Found);
    for (const double rho : {0.5, 0.7, 0.9}) {
      const double red = truth.red.px(rho);
      const double blue = truth.blue.px(rho);
      EXPECT_NEAR(found.shift.red.px(rho), red, kRoom + 0.1 * std::abs(red))
          << sensor.letters << rho;
      EXPECT_NEAR(found.shift.blue.px(rho), blue, kRoom + 0.1 * std::abs(blue))
          << sensor.letters << rho;
    }
    EXPECT_NEAR(found.shift.red.px(0.3), truth.red.px(0.3), 0.1) << sensor.letters;
  }
}

TEST(ChromaticShift, IsRecoveredFromNoise) {
  const ChromaticShift truth = shift_of({1.2, 0, 0}, {-1.0, 0, 0});
  const FringedScene scene(kSize, truth);
  for (const Sensor& sensor : kSensors) {
    const MeasuredShift found =
        measured(scene.mosaic(sensor.letters, sensor.phase, 0.01), 1e-4 / 0.3);
    EXPECT_NEAR(found.shift.red.px(0.8), truth.red.px(0.8), 0.15);
    EXPECT_NEAR(found.shift.blue.px(0.8), truth.blue.px(0.8), 0.15);
  }
}

TEST(ChromaticShift, APhotographWithoutFringesHasNone) {
  const FringedScene scene(kSize, shift_of({}, {}));
  for (const Sensor& sensor : kSensors) {
    const MeasuredShift found = measured(scene.mosaic(sensor.letters, sensor.phase, 0));
    EXPECT_EQ(found.red, ShiftVerdict::None) << sensor.letters << found.shift.red.px(1);
    EXPECT_EQ(found.blue, ShiftVerdict::None) << sensor.letters << found.shift.blue.px(1);
    EXPECT_TRUE(found.shift.none());
  }
}

TEST(ChromaticShift, DoesNotDependOnTheNumberOfThreads) {
  const FringedScene scene(kSize, shift_of({1, 0, 0}, {-1, 0, 0}));
  const Mosaic mosaic = scene.mosaic(kBayerLetters, {}, 0.005);
  const auto one = measure_chromatic_shift(mosaic, noise_of(1e-4, 1e-8), 1);
  const auto three = measure_chromatic_shift(mosaic, noise_of(1e-4, 1e-8), 3);
  ASSERT_TRUE(one);
  ASSERT_TRUE(three);
  EXPECT_EQ(one->shift.red.k, three->shift.red.k);
  EXPECT_EQ(one->shift.blue.k, three->shift.blue.k);
}

TEST(ChromaticShift, FlatFieldsAndNoiseHaveTooFewEdges) {
  MosaicRecipe recipe;
  recipe.size = {400, 300};
  recipe.active = {0, 0, 400, 300};
  Mosaic mosaic = random_mosaic(recipe);
  for (int y = 0; y < 300; ++y) {
    for (auto& sample : mosaic.samples.view().row(y))
      sample = static_cast<std::uint16_t>(5000 + sample % 64);
  }
  const MeasuredShift found = measured(mosaic, 1e-4);
  EXPECT_EQ(found.red, ShiftVerdict::TooFewEdges);
  EXPECT_EQ(found.blue, ShiftVerdict::TooFewEdges);
  EXPECT_TRUE(found.shift.none());
}

TEST(ChromaticShift, AFrameSmallerThanABlockHasTooFewEdges) {
  const MeasuredShift found = measured(random_mosaic({}), 1e-4);
  EXPECT_EQ(found.red, ShiftVerdict::TooFewEdges);
}

std::vector<BlockShift> blocks(double px_at_corner, int quadrants = 4) {
  std::vector<BlockShift> made;
  for (int i = 0; i < 200; ++i) {
    const double rho = 0.1 + 0.85 * i / 200;
    made.push_back({rho, px_at_corner * rho, 0.01, i % quadrants});
  }
  return made;
}

TEST(ChromaticFit, IsTheLineThatBlocksLieOn) {
  const auto fit = fit_shift(blocks(1.5), {});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->shift.px(0.5), 0.75, 0.01);
  EXPECT_NEAR(fit->shift.px(1.0), 1.5, 0.05);
  EXPECT_EQ(judged(fit, {4000, 3000}), ShiftVerdict::Found);
}

TEST(ChromaticFit, BlocksThatLieFarOffCountForNothing) {
  auto with_others = blocks(1.5);
  for (std::size_t i = 0; i < with_others.size(); i += 5) with_others[i].px = 3;
  const auto fit = fit_shift(with_others, {});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->shift.px(0.9), 1.35, 0.05);
}

TEST(ChromaticFit, IsNotBelievedWhereNoLensIsLikeThat) {
  EXPECT_EQ(judged(fit_shift(blocks(20), {}), {4000, 3000}), ShiftVerdict::Implausible);
  EXPECT_EQ(judged(fit_shift(blocks(1.5, 2), {}), {4000, 3000}), ShiftVerdict::TooFewEdges);
  EXPECT_EQ(judged(fit_shift(blocks(0.04), {}), {4000, 3000}), ShiftVerdict::None);
  EXPECT_EQ(judged(std::nullopt, {4000, 3000}), ShiftVerdict::TooFewEdges);
}

}  // namespace
}  // namespace latent::raw
