// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/pack.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "mosaics.h"
#include "raw/unpack.h"
#include "raw/waiting_rows.h"

namespace latent::raw {
namespace {

constexpr Size kSize{2048, 1536};
constexpr int kTile = 512;

Mosaic mosaic_of(const std::string& letters) {
  MosaicRecipe recipe;
  recipe.letters = letters;
  recipe.size = kSize;
  recipe.active = {0, 0, kSize.width, kSize.height};
  recipe.black = {512.0F};
  return random_mosaic(recipe);
}

void set_rate(benchmark::State& state) {
  state.counters["MP/s"] = benchmark::Counter(static_cast<double>(kSize.area()) / 1e6,
                                              benchmark::Counter::kIsIterationInvariantRate);
}

/// Packs every tile of the frame; then looks at one site of the last one.
void pack_frame(benchmark::State& state, const std::string& letters) {
  const Mosaic mosaic = mosaic_of(letters);
  const auto encoder = Encoder::create(mosaic, noise_of(1e-3, 1e-6), kTestLimits);
  auto planes = Tensor::create({1, 20, kTile / 2, kTile / 2});
  for (auto _ : state) {
    for (int y = 0; y < kSize.height; y += kTile) {
      for (int x = 0; x < kSize.width; x += kTile) {
        const auto packed = pack(mosaic, *encoder, {x, y, kTile, kTile}, planes->view());
        if (!packed) return state.SkipWithError(packed.error().sentence.c_str());
      }
    }
  }
  const Point site{kSize.width - kTile, kSize.height - kTile};
  const SiteCode& code = encoder->at(site.x, site.y);
  const auto count = static_cast<float>(mosaic.samples.view().at(site.x, site.y));
  const float u = std::sqrt(std::max(0.0F, count * code.scale + code.shift));
  if (std::abs(planes->view().plane(0)[0] - u) > 1e-6F) {
    return state.SkipWithError("a packed sample is not its u");
  }
  set_rate(state);
}
BENCHMARK_CAPTURE(pack_frame, bayer, kBayerLetters)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(pack_frame, xtrans, kXTransLetters)->Unit(benchmark::kMillisecond);

/// Takes residuals off every row and stores it; without a residual the source must come out.
void unpack_and_store_frame(benchmark::State& state, const std::string& letters) {
  const Mosaic mosaic = mosaic_of(letters);
  const auto encoder = Encoder::create(mosaic, noise_of(1e-3, 4e-4), kTestLimits);
  const auto width = static_cast<std::size_t>(kSize.width);
  const Unpacker unpacker(mosaic, *encoder, 0, kSize.width, 1.0);
  const std::vector<float> residual(width, 0.0F);
  std::vector<float> counts(width);
  std::vector<std::uint16_t> stored(width);
  for (auto _ : state) {
    for (int y = 0; y < kSize.height; ++y) {
      unpacker.row(y, residual, counts);
      store_row(counts, 2, 0, stored);
    }
  }
  const auto source = mosaic.samples.view().row(kSize.height - 1);
  for (std::size_t x = 0; x < width; ++x) {
    if (source[x] < 512) continue;  // darker ones may fall below the root's zero
    if (std::abs(stored[x] - 4 * source[x]) > 1) {
      return state.SkipWithError("the source did not come back");
    }
  }
  set_rate(state);
}
BENCHMARK_CAPTURE(unpack_and_store_frame, bayer, kBayerLetters)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(unpack_and_store_frame, xtrans, kXTransLetters)->Unit(benchmark::kMillisecond);

/// The same with the means kept: what decision 13 costs.
void unpack_keep_and_store_frame(benchmark::State& state, const std::string& letters) {
  const Mosaic mosaic = mosaic_of(letters);
  const NoiseModel noise = noise_of(1e-3, 4e-4);
  // So little noise that clipping is undone next to nowhere, as above.
  const auto encoder = Encoder::create(mosaic, noise, kTestLimits, noise_of(1e-9, 1e-9));
  const Unpacker unpacker(mosaic, *encoder, 0, kSize.width, 1.0);
  const Rect frame{0, 0, kSize.width, kSize.height};
  const std::vector<float> residual(static_cast<std::size_t>(kSize.width), 0.0F);
  std::vector<std::uint16_t> stored(residual.size());
  int rows = 0;
  for (auto _ : state) {
    rows = 0;
    auto waiting = WaitingRows::create(mosaic, *encoder, frame, frame, noise, 1.0);
    if (!waiting || !*waiting) return state.SkipWithError("nothing waits");
    for (int y = 0; y < kSize.height; ++y) {
      (*waiting)->add(unpacker, y, residual);
      while (const auto row = (*waiting)->take(unpacker)) {
        store_row(row->counts, 2, 0, stored);
        ++rows;
      }
    }
  }
  if (rows != kSize.height) return state.SkipWithError("rows were lost");
  set_rate(state);
}
BENCHMARK_CAPTURE(unpack_keep_and_store_frame, bayer, kBayerLetters)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(unpack_keep_and_store_frame, xtrans, kXTransLetters)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latent::raw
