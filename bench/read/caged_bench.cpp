// SPDX-License-Identifier: GPL-3.0-or-later
// What the cage costs: a raw of 24 megapixels opened, and opened and decoded, in this process and in
// a reader's. Its samples are checked against each other.
#include <benchmark/benchmark.h>

#include <cstring>

#include "read/photograph.h"
#include "read/reader.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

constexpr Size kSize{6000, 4000};

const std::filesystem::path& file() {
  static const std::filesystem::path path = [] {
    test::TinyDng dng;
    dng.size = kSize;
    dng.samples = test::busy_samples(kSize);
    return test::write_dng("caged_bench.dng", dng);
  }();
  return path;
}

enum Where : int { kHere = 0, kCaged = 1 };

void read_there(const benchmark::State& state) {
  if (state.range(0) == kCaged) {
    read_with(Reader{LATENT_READER_PROGRAM, 600});
  } else {
    read_with(std::nullopt);
  }
}

void open(benchmark::State& state) {
  read_there(state);
  for (auto _ : state) {
    const auto photograph = Photograph::open(file());
    if (!photograph) state.SkipWithError(photograph.error().sentence.c_str());
  }
}
BENCHMARK(open)->Arg(kHere)->Arg(kCaged)->Unit(benchmark::kMillisecond)->UseRealTime();

void open_and_decode(benchmark::State& state) {
  read_with(std::nullopt);
  const auto judge = Photograph::open(file());
  const auto right = judge ? judge->mosaic() : Result<Mosaic>(fail(ErrorCode::Io, "absent"));
  read_there(state);
  bool same = right.has_value();
  for (auto _ : state) {
    const auto photograph = Photograph::open(file());
    const auto mosaic =
        photograph ? photograph->mosaic() : Result<Mosaic>(fail(ErrorCode::Io, "absent"));
    state.PauseTiming();
    same = same && mosaic &&
           std::memcmp(mosaic->samples.view().data(), right->samples.view().data(),
                       static_cast<std::size_t>(kSize.area()) * sizeof(std::uint16_t)) == 0;
    state.ResumeTiming();
  }
  if (!same) state.SkipWithError("the samples differ");
}
BENCHMARK(open_and_decode)->Arg(kHere)->Arg(kCaged)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace latent::read
