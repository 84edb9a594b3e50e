// SPDX-License-Identifier: GPL-3.0-or-later
// What the colour domain costs beside the network, in nanoseconds a pixel; each checks an answer.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>

#include "rgb/detail.h"
#include "rgb/gamut_guard.h"
#include "rgb/noise_level.h"
#include "rgb/resample.h"

namespace latent::rgb {
namespace {

constexpr Size kSize{6000, 1024};
constexpr int kChunk = 128;

/// Something like noise: every sample another.
const Image<float>& picture() {
  static const Image<float> image = [] {
    auto made = Image<float>::create(kSize, 3);
    std::uint32_t state = 1;
    for (int y = 0; y < kSize.height; ++y) {
      for (float& sample : made->view().row(y)) {
        state = state * 1664525U + 1013904223U;
        sample = 0.4F + 0.1F * static_cast<float>(state >> 8U) / 16777216.0F;
      }
    }
    return *std::move(made);
  }();
  return image;
}

void set_rate(benchmark::State& state, double pixels) {
  state.counters["s_per_px"] = benchmark::Counter(
      pixels, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void estimate(benchmark::State& state) {
  const auto read = [](const Rect& area, ImageView<float> out) {
    for (int y = 0; y < area.height; ++y) {
      const auto row = picture().view().row(area.y + y);
      std::copy(row.begin(), row.end(), out.row(y).begin());
    }
  };
  Result<NoiseLevel> level;
  for (auto _ : state) level = estimate_level(kSize, read, static_cast<int>(state.range(0)));
  if (!level || std::abs(level->overall() - 0.1F / std::sqrt(12.0F)) > 0.002F) {
    state.SkipWithError("not the level of even noise");
  }
}
BENCHMARK(estimate)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void planes(benchmark::State& state) {
  auto out = Image<float>::create({kSize.width - 4, kSize.height - 4}, 3);
  const NoiseLevel level = NoiseLevel::uniform(0.1F);
  for (auto _ : state) level_planes(level, picture().view(), out->view());
  if (out->view().at(77, 77, 1) != 0.1F) state.SkipWithError("not the level");
  set_rate(state, static_cast<double>(kSize.area()));
}
BENCHMARK(planes)->Unit(benchmark::kMillisecond);

void guard_subtract(benchmark::State& state) {
  auto out = Image<float>::create(kSize, 3);
  const GamutGuard guard{0.0F, static_cast<float>(state.range(0)) / 100.0F, 0.25F};
  const auto count = static_cast<std::size_t>(kSize.area()) * 3;
  const std::vector<float> none(count, 0.0F);
  for (auto _ : state) {
    guard.subtract(picture().view().data(), none.data(), out->view().data(), count);
  }
  if (out->view().at(5, 5) != picture().view().at(5, 5)) state.SkipWithError("not the source");
  set_rate(state, static_cast<double>(kSize.area()));
}
BENCHMARK(guard_subtract)->Arg(100)->Unit(benchmark::kMillisecond);

void bend(benchmark::State& state) {
  auto out = Image<float>::create(kSize, 3);
  const GamutGuard guard{0.0F, static_cast<float>(state.range(0)) / 100.0F, 0.25F};
  const auto count = static_cast<std::size_t>(kSize.area()) * 3;
  for (auto _ : state) guard.bend(picture().view().data(), out->view().data(), count);
  if (!(out->view().at(5, 5) <= picture().view().at(5, 5))) state.SkipWithError("bent outwards");
  set_rate(state, static_cast<double>(kSize.area()));
}
BENCHMARK(bend)->Arg(100)->Arg(45)->Unit(benchmark::kMillisecond);

void detail(benchmark::State& state) {
  const DetailThresholds thresholds = thresholds_of(NoiseLevel::uniform(0.03F));
  for (auto _ : state) {
    auto filter =
        DetailFilter::create(kSize, {0.5, 0.5, true}, thresholds, static_cast<int>(state.range(0)));
    int rows = 0;
    for (int y = 0; y < kSize.height; y += kChunk) {
      const auto out = filter->add(picture().view().crop({0, y, kSize.width, kChunk}));
      if (!out) return state.SkipWithError(out.error().sentence.c_str());
      rows += out->height();
    }
    if (rows != kSize.height) return state.SkipWithError("rows are missing");
  }
  set_rate(state, static_cast<double>(kSize.area()));
}
BENCHMARK(detail)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void enlarge(benchmark::State& state) {
  const auto scale = static_cast<int>(state.range(0));
  auto out = Image<float>::create({kSize.width * scale, 256 * scale}, 3);
  const auto source = picture().view().crop({0, 0, kSize.width, 256});
  for (auto _ : state) enlarge_rows(source, 0, 256, scale, 0, out->view());
  set_rate(state, static_cast<double>(out->size().area()));
}
BENCHMARK(enlarge)->Arg(2)->Arg(4)->Unit(benchmark::kMillisecond);

void reduce(benchmark::State& state) {
  const auto scale = static_cast<int>(state.range(0));
  auto out = Image<float>::create({kSize.width / scale, kSize.height / scale}, 3);
  for (auto _ : state) reduce_rows(picture().view(), 0, kSize.height, scale, 0, out->view());
  set_rate(state, static_cast<double>(kSize.area()));
}
BENCHMARK(reduce)->Arg(2)->Arg(4)->Unit(benchmark::kMillisecond);

void consistency(benchmark::State& state) {
  const Size small{kSize.width / 2, kSize.height / 2};
  const auto read = [](int first, ImageView<float> out) {
    for (int y = 0; y < out.height(); ++y) {
      const auto row = picture().view().row(first + y).first(out.row(y).size());
      std::copy(row.begin(), row.end(), out.row(y).begin());
    }
  };
  for (auto _ : state) {
    auto made = Consistency::create(small, 3, 2, 2, read, static_cast<int>(state.range(0)));
    for (int y = 0; y < kSize.height; y += kChunk) {
      const auto out = made->add(picture().view().crop({0, y, kSize.width, kChunk}));
      if (!out) return state.SkipWithError(out.error().sentence.c_str());
    }
  }
  set_rate(state, static_cast<double>(kSize.area()));
}
BENCHMARK(consistency)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace latent::rgb
