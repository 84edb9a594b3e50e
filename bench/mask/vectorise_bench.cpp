// SPDX-License-Identifier: GPL-3.0-or-later
// Paths of masks: time, and beside it what docs/masks.md tabulates: nodes, contour a node, overlap.
#include "mask/vectorise.h"

#include <benchmark/benchmark.h>

#include "made_masks.h"
#include "mask/rasterise.h"

namespace latent::mask {
namespace {

double waves(double x, double y, double size) {
  const double away = std::hypot(x, y);
  const double angle = std::atan2(y, x);
  const double edge = size * (1 + std::sin(7 * angle) / 7.5 + std::sin(31 * angle) / 37.5 +
                              std::sin(301 * angle) / 250);
  return (away - edge) * 0.6;
}

Image<float> large() {
  return mask_of(
      {6000, 4000}, [](double x, double y) { return waves(x - 3000, y - 2000, 1500); }, 4);
}

void run(benchmark::State& state, const Image<float>& mask, double feather_px = 0) {
  VectoriseSettings settings;
  settings.feather_px = feather_px;
  Result<Vectorised> made = fail(ErrorCode::Internal, "never run");
  for (auto round : state) made = vectorise(mask.view(), settings);
  if (!made || made->outlines == 0 || made->iou < (feather_px > 0 ? 0.9 : 0.99)) {
    state.SkipWithError("the path is not the mask");
    return;
  }
  state.counters["nodes"] = static_cast<double>(made->nodes);
  state.counters["px_a_node"] = made->contour_px / static_cast<double>(made->nodes);
  state.counters["iou"] = made->iou;
}

void circle_of_radius(benchmark::State& state) {
  const auto radius = static_cast<double>(state.range(0));
  const int side = 2 * static_cast<int>(state.range(0)) + 30;
  run(state, mask_of({side, side}, [&](double x, double y) {
        return circle(x, y, side / 2.0 + 0.3, side / 2.0 + 0.2, radius);
      }));
}
BENCHMARK(circle_of_radius)->Arg(12)->Arg(50)->Arg(400)->Unit(benchmark::kMillisecond);

void ring_with_an_island(benchmark::State& state) { run(state, mask_of({300, 280}, ring)); }
BENCHMARK(ring_with_an_island)->Unit(benchmark::kMillisecond);

void hand_with_fingers(benchmark::State& state) { run(state, mask_of({400, 380}, hand)); }
BENCHMARK(hand_with_fingers)->Unit(benchmark::kMillisecond);

void tip_of_23_degrees(benchmark::State& state) {
  run(state, mask_of({600, 560}, [](double x, double y) {
        const double side = 0.2 * (100 - y);
        return std::max({y - 400, side + 0.97 * (x - 300), side - 0.97 * (x - 300)});
      }));
}
BENCHMARK(tip_of_23_degrees)->Unit(benchmark::kMillisecond);

void of_24_megapixels(benchmark::State& state) {
  run(state, large(), static_cast<double>(state.range(0)));
}
BENCHMARK(of_24_megapixels)->Arg(0)->Arg(2)->Arg(20)->Unit(benchmark::kMillisecond)->UseRealTime();

void draw_24_megapixels(benchmark::State& state) {
  VectoriseSettings settings;
  settings.feather_px = static_cast<double>(state.range(0));
  const auto made = vectorise(large().view(), settings);
  if (!made) return state.SkipWithError("no path");
  for (auto round : state) {
    const auto drawn = rasterise(made->shape, {6000, 4000});
    if (!drawn || drawn->view().at(3000, 2000) != 1) state.SkipWithError("not drawn");
  }
}
BENCHMARK(draw_24_megapixels)->Arg(0)->Arg(20)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace latent::mask
