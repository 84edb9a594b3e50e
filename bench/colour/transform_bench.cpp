// SPDX-License-Identifier: GPL-3.0-or-later
// From a picture's profile to the network's encoding and back, in nanoseconds a pixel of one core.
#include "colour/transform.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace latent::colour {
namespace {

constexpr std::size_t kPixels = std::size_t{1} << 18U;

void there_and_back(benchmark::State& state, NamedProfile name) {
  const Profile profile = Profile::named(name);
  const auto there = Transform::create(profile, Profile::named(NamedProfile::Srgb));
  const auto back = Transform::create(Profile::named(NamedProfile::Srgb), profile);
  if (!there || !back) return state.SkipWithError("no transform");
  const auto channels = static_cast<std::size_t>(profile.channels());
  std::vector<float> picture(kPixels * channels);
  std::uint32_t random = 1;
  for (float& sample : picture) {
    random = random * 1664525U + 1013904223U;
    sample = static_cast<float>(random >> 8U) / 16777216.0F;
  }
  std::vector<float> encoded(kPixels * 3);
  std::vector<float> again(picture.size());
  for (auto _ : state) {
    there->apply(picture.data(), encoded.data(), kPixels);
    back->apply(encoded.data(), again.data(), kPixels);
  }
  for (std::size_t k = 0; k < picture.size(); ++k) {
    if (std::abs(again[k] - picture[k]) > 5e-6F) {
      return state.SkipWithError("not the picture again");
    }
  }
  // Per pixel and direction.
  state.counters["s_per_px"] = benchmark::Counter(
      2.0 * static_cast<double>(kPixels),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(there_and_back, srgb, NamedProfile::Srgb);
BENCHMARK_CAPTURE(there_and_back, adobergb, NamedProfile::AdobeRgb);
BENCHMARK_CAPTURE(there_and_back, displayp3, NamedProfile::DisplayP3);
BENCHMARK_CAPTURE(there_and_back, prophoto, NamedProfile::ProPhoto);
BENCHMARK_CAPTURE(there_and_back, linear_rec2020, NamedProfile::LinearRec2020);
BENCHMARK_CAPTURE(there_and_back, grey, NamedProfile::Grey);

}  // namespace
}  // namespace latent::colour
