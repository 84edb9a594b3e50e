// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/estimate_noise.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <map>
#include <string>

#include "noise_scenes.h"

namespace latent::raw {
namespace {

constexpr double kGain = 1e-3;
constexpr double kRead = 4e-6;

/// A photograph of 8 megapixels: from about 5 on the time is the same, since no more blocks are
/// looked at.
const Mosaic& large_photograph(const std::string& letters) {
  static std::map<std::string, Mosaic> made;
  if (const auto known = made.find(letters); known != made.end()) return known->second;
  constexpr Size kSize{3456, 2304};
  NoisyRecipe recipe;
  recipe.a = kGain;
  recipe.b = kRead;
  recipe.mosaic.letters = letters;
  recipe.mosaic.size = kSize;
  recipe.mosaic.active = {0, 0, kSize.width, kSize.height};
  return made.emplace(letters, photograph(recipe, gradient(kSize))).first->second;
}

void estimate(benchmark::State& state, const std::string& letters) {
  const Mosaic& mosaic = large_photograph(letters);
  NoiseEstimate found;
  for (auto _ : state) {
    const auto estimated = estimate_noise(mosaic, static_cast<int>(state.range(0)));
    if (!estimated) return state.SkipWithError(estimated.error().sentence.c_str());
    found = *estimated;
  }
  for (const double x : {0.02, 0.1, 0.5}) {
    const double sigma = std::sqrt(found.model.a[1] * x + found.model.b[1]);
    const double off = sigma / std::sqrt(kGain * x + kRead) - 1.0;
    if (std::abs(off) > 0.10) return state.SkipWithError("sigma is off by more than 10 %");
  }
  state.counters["blocks"] = found.blocks_used;
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
