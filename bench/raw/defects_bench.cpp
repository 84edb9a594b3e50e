// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/defects.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "mosaics.h"

namespace latent::raw {
namespace {

constexpr Size kSize{6000, 4000};
constexpr double kA = 1e-3;
constexpr double kB = 1e-5;
constexpr int kStep = 211;  ///< between struck sites, in both directions

/// Waves of light with noise, and a hot site now and then.
Mosaic mosaic_of(const std::string& letters) {
  MosaicRecipe recipe;
  recipe.letters = letters;
  recipe.size = kSize;
  recipe.active = {0, 0, kSize.width, kSize.height};
  Mosaic mosaic = random_mosaic(recipe);
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const double light = 0.2 + 0.15 * std::sin(0.05 * x) * std::cos(0.031 * y);
      const double noisy = light + std::sqrt(kA * light + kB) * static_cast<double>(normal(random));
      const double count = 512 + (15000 - 512) * noisy;
      mosaic.samples.view().at(x, y) = static_cast<std::uint16_t>(std::clamp(count, 0.0, 16383.0));
    }
  }
  for (int y = 5; y < kSize.height; y += kStep) {
    for (int x = 5; x < kSize.width; x += kStep) mosaic.samples.view().at(x, y) = 14900;
  }
  return mosaic;
}

/// All of a 24 megapixel frame; range(0) threads.
void find(benchmark::State& state, const std::string& letters) {
  const Mosaic mosaic = mosaic_of(letters);
  std::size_t count = 0;
  for (auto _ : state) {
    const auto report = find_defects(mosaic, noise_of(kA, kB), static_cast<int>(state.range(0)));
    if (!report) return state.SkipWithError(report.error().sentence.c_str());
    count = report->defects.size();
  }
  constexpr std::size_t kStruck = (6000 - 5 + kStep - 1) / kStep * ((4000 - 5 + kStep - 1) / kStep);
  if (count != kStruck) return state.SkipWithError("not the sites that were struck");
}
BENCHMARK_CAPTURE(find, bayer, kBayerLetters)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find, xtrans, kXTransLetters)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find, mono, std::string())
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latent::raw
