// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/estimate_noise.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "noise_scenes.h"

namespace latent::raw {
namespace {

constexpr double kGain = 1e-3;
constexpr double kRead = 4e-6;

/// A photograph of 24 megapixels: one of 768 x 516 laid side by side (sides that
/// every pattern divides).
Mosaic large_photograph(const std::string& letters) {
  constexpr Size kPart{768, 516};
  constexpr Size kWhole{6144, 4128};
  NoisyRecipe recipe;
  recipe.a = kGain;
  recipe.b = kRead;
  recipe.mosaic.letters = letters;
  recipe.mosaic.size = kPart;
  recipe.mosaic.active = {0, 0, kPart.width, kPart.height};
  Mosaic mosaic = photograph(recipe, gradient(kPart));
  const auto part = std::move(mosaic.samples);
  mosaic.samples = *Image<std::uint16_t>::create(kWhole);
  mosaic.active = mosaic.crop = {0, 0, kWhole.width, kWhole.height};
  for (int y = 0; y < kWhole.height; ++y) {
    const auto source = part.view().row(y % kPart.height);
    for (int x = 0; x < kWhole.width; x += kPart.width) {
      std::copy(source.begin(), source.end(), mosaic.samples.view().row(y).begin() + x);
    }
  }
  return mosaic;
}

void estimate(benchmark::State& state, const std::string& letters) {
  const Mosaic mosaic = large_photograph(letters);
  NoiseEstimate found;
  for (auto _ : state) {
    const auto estimated = estimate_noise(mosaic, static_cast<int>(state.range(0)));
    if (!estimated) return state.SkipWithError(estimated.error().message.c_str());
    found = *estimated;
  }
  for (const double x : {0.02, 0.1, 0.5}) {
    const double sigma = std::sqrt(found.model.a[1] * x + found.model.b[1]);
    const double off = sigma / std::sqrt(kGain * x + kRead) - 1.0;
    if (std::abs(off) > 0.10) return state.SkipWithError("sigma is off by more than 10 %");
  }
  state.counters["MP/s"] =
      benchmark::Counter(static_cast<double>(mosaic.active.size().area()) / 1e6,
                         benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(estimate, bayer, kBayerLetters)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(estimate, xtrans, kXTransLetters)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(estimate, mono, std::string())
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace latent::raw
