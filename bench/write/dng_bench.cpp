// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/dng.h"

#include <benchmark/benchmark.h>
#include <libraw/libraw.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

namespace latent::write {
namespace {

constexpr Size kSize{6000, 4000};

/// 24 MP as a denoiser leaves them: waves, edges, two colours, faint grain, 16 bits.
Image<std::uint16_t> bayer_scene() {
  auto scene = Image<std::uint16_t>::create(kSize).value();
  std::uint32_t state = 1;
  for (int y = 0; y < kSize.height; ++y) {
    const double wave = std::cos(y / 71.0);
    const auto row = scene.view().row(y);
    for (int x = 0; x < kSize.width; ++x) {
      state = state * 1664525U + 1013904223U;
      const double light = 0.5 + 0.3 * std::sin(x / 97.0) * wave + 0.1 * ((x / 128 + y / 128) % 2);
      const double gain = (x + y) % 2 != 0 ? 1.0 : 0.55;
      row[static_cast<std::size_t>(x)] =
          static_cast<std::uint16_t>(2048.0 + 40000.0 * light * gain + (state >> 25U));
    }
  }
  return scene;
}

DngHeader header() {
  DngHeader header;
  header.buffer = kSize;
  header.active = {0, 0, kSize.width, kSize.height};
  header.crop = header.active;
  header.cfa = CfaPattern::create(
                   {2, 2}, {CfaColour::Red, CfaColour::Green, CfaColour::Green, CfaColour::Blue})
                   .value();
  header.levels = {{{1, 1}, {2048.0F}}, {60000.0F, 60000.0F, 60000.0F, 60000.0F}};
  return header;
}

bool comes_back(const std::filesystem::path& path, ImageView<const std::uint16_t> scene) {
  LibRaw raw;
  if (raw.open_file(path.c_str()) != LIBRAW_SUCCESS || raw.unpack() != LIBRAW_SUCCESS) return false;
  const std::size_t pitch = raw.imgdata.sizes.raw_pitch / 2;
  for (int y = 0; y < scene.height(); ++y) {
    const auto row = scene.row(y);
    const auto* read = raw.imgdata.rawdata.raw_image + static_cast<std::size_t>(y) * pitch;
    if (!std::equal(row.begin(), row.end(), read)) return false;
  }
  return true;
}

/// The whole file but for the flush to the disk, which is the disk's time: all rows, 64 at a time,
/// as they come out of a denoiser.
void write_24_mp(benchmark::State& state) {
  const auto scene = bayer_scene();
  const auto view = scene.view();
  const auto path = std::filesystem::temp_directory_path() /
                    ("latent-dng-bench-" + std::to_string(::getpid()) + ".dng");
  DngOptions options;
  options.overwrite = Overwrite::Replace;
  options.threads = static_cast<int>(state.range(1));
  options.compression = state.range(0) != 0 ? DngCompression::LosslessJpeg : DngCompression::None;
  for (auto _ : state) {
    auto writer = DngWriter::create(path, header(), options);
    if (!writer) return state.SkipWithError(writer.error().sentence.c_str());
    for (int y = 0; y < kSize.height; y += 64) {
      const int rows = std::min(64, kSize.height - y);
      const auto status = writer->write_rows(view.crop({0, y, kSize.width, rows}));
      if (!status) return state.SkipWithError(status.error().sentence.c_str());
    }
    state.PauseTiming();
    const auto status = writer->finish({});
    if (!status) return state.SkipWithError(status.error().sentence.c_str());
    state.ResumeTiming();
  }
  if (!comes_back(path, view)) state.SkipWithError("the samples did not come back");
  state.counters["MB"] = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
  state.SetItemsProcessed(state.iterations() * kSize.area());
  std::filesystem::remove(path);
}
BENCHMARK(write_24_mp)
    ->ArgNames({"lossless", "threads"})
    ->Args({1, 1})
    ->Args({1, 2})
    ->Args({0, 1})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace latent::write
