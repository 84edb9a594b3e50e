// SPDX-License-Identifier: GPL-3.0-or-later
// Times of the built-in selector and of refinement on a made photograph of 24 MP: an object of four
// lobes whose outline is about 12,000 pixels long, with grain everywhere.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "mask/refine.h"
#include "mask/selector.h"

namespace latent::mask {
namespace {

constexpr Size kFull{6000, 4000};
constexpr Size kSmall{1536, 1024};

bool inside(double x, double y) {  // shares of the height, from the middle
  const double angle = std::atan2(y, x);
  return std::hypot(x, y) < 0.32 + 0.07 * std::cos(4 * angle) + 0.012 * std::cos(60 * angle);
}

const Image<std::uint8_t>& photograph() {
  static const Image<std::uint8_t> picture = [] {
    auto made = Image<std::uint8_t>::create(kFull, 3).value();
    std::uint32_t state = 7;
    for (int y = 0; y < kFull.height; ++y) {
      for (int x = 0; x < kFull.width; ++x) {
        const bool object = inside((x - 3000) / 4000.0, (y - 2000) / 4000.0);
        auto* pixel = &made.view().at(x, y);
        for (int c = 0; c < 3; ++c) {
          state = state * 1664525U + 1013904223U;
          const int noise = static_cast<int>(state >> 28U) - 8;
          const int wave = static_cast<int>(20 * std::sin((x + c * 900) / 400.0));
          const int base = object ? 170 - 40 * c : 60 + 45 * c;
          pixel[c] = static_cast<std::uint8_t>(std::clamp(base + noise + wave, 0, 255));
        }
      }
    }
    return made;
  }();
  return picture;
}

Image<std::uint8_t> small_mask() {
  auto mask = Image<std::uint8_t>::create(kSmall).value();
  for (int y = 0; y < kSmall.height; ++y) {
    for (int x = 0; x < kSmall.width; ++x) {
      mask.view().at(x, y) = inside((x - 768) / 1024.0, (y - 512) / 1024.0) ? 1 : 0;
    }
  }
  return mask;
}

void encode(benchmark::State& state) {
  const auto& picture = photograph();
  for (auto _ : state) {
    const auto encoded = Encoded::create(picture.view());
    if (!encoded) state.SkipWithError("encoding failed");
  }
}
BENCHMARK(encode)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

void click(benchmark::State& state) {
  const auto encoded = Encoded::create(photograph().view());
  Prompt first;
  first.places = {{0.5, 0.5}};
  Prompt second;
  second.on_object = false;
  second.places = {{0.1, 0.1}};
  for (auto _ : state) {
    Selector selector(*encoded);
    const auto one = selector.select(std::array{first});
    if (!one) state.SkipWithError("no mask");
    if (state.range(0) == 1) continue;
    const auto two = selector.select(std::array{first, second});
    if (!two) state.SkipWithError("no mask");
  }
}
BENCHMARK(click)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void refinement(benchmark::State& state) {
  const auto& picture = photograph();
  const auto mask = small_mask();
  const auto how = static_cast<Refinement>(state.range(0));
  for (auto _ : state) {
    const auto found = refine(picture.view(), mask.view(), {how});
    if (!found || found->view().at(3000, 2000) != 1.0F) state.SkipWithError("no mask");
  }
}
BENCHMARK(refinement)
    ->ArgName("none_edge_hair")
    ->Arg(0)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace latent::mask
