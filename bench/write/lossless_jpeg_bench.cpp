// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/lossless_jpeg.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>

#include "plain_lossless_jpeg.h"

namespace latent::write {
namespace {

/// A tile of a Bayer mosaic as a denoiser leaves it at 16 bits: a slope, two colours, faint grain.
Image<std::uint16_t> bayer_tile(double grain) {
  auto tile = Image<std::uint16_t>::create({512, 512}).value();
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same tile every time
  std::normal_distribution<double> noise(0, grain);
  for (int y = 0; y < 512; ++y) {
    for (int x = 0; x < 512; ++x) {
      const double level = ((x + y) % 2 ? 20000 : 9000) + 12.0 * x + 7.0 * y + noise(random);
      tile.view().at(x, y) = static_cast<std::uint16_t>(level);
    }
  }
  return tile;
}

void encode(benchmark::State& state) {
  const auto tile = bayer_tile(static_cast<double>(state.range(0)));
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto jpeg = encode_lossless_jpeg(tile.view(), 2);
    if (!jpeg) return state.SkipWithError(jpeg.error().sentence.c_str());
    bytes = jpeg->size();
  }
  const auto jpeg = encode_lossless_jpeg(tile.view(), 2);
  const auto back = PlainLosslessJpeg(*jpeg).decode();
  for (int y = 0; y < 512; ++y) {
    for (int x = 0; x < 512; ++x) {
      if (back.samples[static_cast<std::size_t>(y * 512 + x)] != tile.view().at(x, y)) {
        return state.SkipWithError("the tile did not come back");
      }
    }
  }
  state.SetItemsProcessed(state.iterations() * 512 * 512);
  state.counters["bits_per_sample"] = static_cast<double>(bytes) * 8 / (512 * 512);
}
BENCHMARK(encode)->Arg(8)->Arg(64)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latent::write
