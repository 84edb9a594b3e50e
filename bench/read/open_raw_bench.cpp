// SPDX-License-Identifier: GPL-3.0-or-later
// open_raw() of a 6 megapixel Bayer DNG, and LibRaw's decoder on the same file beside it.
#include <benchmark/benchmark.h>

#include <string>

#include "opened.h"
#include "read/libraw/libraw_file.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

/// A smooth scene with the noise of a bright photo, so that the entropy is a camera's.
std::vector<std::uint16_t> scene(Size size) {
  const auto noise = test::busy_samples(size, 0, 200);
  std::vector<std::uint16_t> samples;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      samples.push_back(static_cast<std::uint16_t>(600 + (x + y) % 4096 + noise[samples.size()]));
    }
  }
  return samples;
}

std::filesystem::path photo(bool lossless_jpeg) {
  test::TinyDng dng;
  dng.size = {3000, 2000};
  dng.samples = scene(dng.size);
  dng.tile = lossless_jpeg ? Size{256, 256} : Size{};
  dng.lossless_jpeg = lossless_jpeg;
  return test::write_dng(lossless_jpeg ? "jpeg.dng" : "plain.dng", dng);
}

void open_by_latent(benchmark::State& state) {
  const auto path = photo(state.range(0) != 0);
  const auto truth = scene({3000, 2000});
  for (auto _ : state) {
    const auto mosaic = open_raw(path);
    if (!mosaic || mosaic->samples.view().at(2999, 1999) != truth.back()) {
      state.SkipWithError("the samples are wrong");
      break;
    }
  }
  state.counters["MP/s"] = benchmark::Counter(6.0, benchmark::Counter::kIsIterationInvariantRate);
}

void open_by_libraw(benchmark::State& state) {
  const auto path = photo(state.range(0) != 0);
  const auto sniffed = sniff(path);
  for (auto _ : state) {
    const auto source = open_bytes(path);
    const auto raw = open_libraw(**source, *sniffed, {});
    if (!raw || !unpack_libraw(**raw, {}) || !copy_libraw_samples(**raw, {})) {
      state.SkipWithError("LibRaw refuses the file");
      break;
    }
  }
  state.counters["MP/s"] = benchmark::Counter(6.0, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(open_by_latent)
    ->ArgName("jpeg")
    ->Arg(1)
    ->Arg(0)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(open_by_libraw)->ArgName("jpeg")->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latent::read
