// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>
#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <type_traits>

#include "write/picture/picture_writer.h"

namespace latent::write {
namespace {

constexpr Size kSize{6000, 4000};

/// 24 MP as a denoiser leaves them: waves, edges, three colours, faint grain.
template <class Sample>
Image<Sample> photograph() {
  auto picture = Image<Sample>::create(kSize, 3).value();
  constexpr double kTop =
      std::is_same_v<Sample, float> ? 1.0 : static_cast<double>(std::numeric_limits<Sample>::max());
  std::uint32_t state = 1;
  for (int y = 0; y < kSize.height; ++y) {
    const double wave = std::cos(y / 71.0);
    for (int x = 0; x < kSize.width; ++x) {
      const double light = 0.5 + 0.3 * std::sin(x / 97.0) * wave + 0.1 * ((x / 128 + y / 128) % 2);
      for (int c = 0; c < 3; ++c) {
        state = state * 1664525U + 1013904223U;
        const double grain = static_cast<double>(state >> 16U) / 65536.0 * 0.004;
        picture.view().at(x, y, c) = static_cast<Sample>((light * (1 - 0.2 * c) + grain) * kTop);
      }
    }
  }
  return picture;
}

/// Whether libtiff gives the first and the last tile back as they were.
template <class Sample>
bool comes_back(const std::filesystem::path& path, ImageView<const Sample> picture) {
  TIFF* tiff = TIFFOpen(path.c_str(), "r");
  if (tiff == nullptr) return false;
  bool same = true;
  if (TIFFIsTiled(tiff) != 0) {
    std::vector<Sample> tile(static_cast<std::size_t>(TIFFTileSize(tiff)) / sizeof(Sample));
    for (const auto& [x, y] : {Point{0, 0}, Point{5632, 3584}}) {
      same = same && TIFFReadTile(tiff, tile.data(), static_cast<std::uint32_t>(x),
                                  static_cast<std::uint32_t>(y), 0, 0) > 0;
      const int width = std::min(512, kSize.width - x);
      const auto row = picture.crop({x, y, width, 1}).row(0);
      same = same && std::equal(row.begin(), row.end(), tile.begin());
    }
  }
  TIFFClose(tiff);
  return same;
}

/// The whole file but for the flush to the disk, which is the disk's time: all rows, 64 at a time.
template <class Sample>
void write_picture(benchmark::State& state, const char* ending, PictureWriterOptions options,
                   SampleDepth depth) {
  const auto picture = photograph<Sample>();
  const auto view = picture.view();
  const auto path = std::filesystem::temp_directory_path() /
                    ("latent-picture-bench-" + std::to_string(::getpid()) + ending);
  options.overwrite = Overwrite::Replace;
  PictureHeader header;
  header.size = kSize;
  header.depth = depth;
  const auto format = picture_format_of(path);
  if (!format) return state.SkipWithError(format.error().sentence.c_str());
  for (auto _ : state) {
    auto writer = PictureWriter::create(path, *format, header, options);
    if (!writer) return state.SkipWithError(writer.error().sentence.c_str());
    for (int y = 0; y < kSize.height; y += 64) {
      const int rows = std::min(64, kSize.height - y);
      const auto status = writer->write_rows(view.crop({0, y, kSize.width, rows}));
      if (!status) return state.SkipWithError(status.error().sentence.c_str());
    }
    const bool at_the_end = *format == PictureFormat::Jxl;  // which only begins there
    if (!at_the_end) state.PauseTiming();
    const auto status = writer->finish();
    if (!status) return state.SkipWithError(status.error().sentence.c_str());
    if (!at_the_end) state.ResumeTiming();
  }
  if (*format == PictureFormat::Tiff && !comes_back<Sample>(path, view)) {
    state.SkipWithError("the samples did not come back");
  }
  state.counters["MB"] = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
  state.SetItemsProcessed(state.iterations() * kSize.area());
  std::filesystem::remove(path);
}

void tiff_16_bit(benchmark::State& state) {
  PictureWriterOptions options;
  options.compression = static_cast<TiffCompression>(state.range(0));
  options.threads = static_cast<int>(state.range(1));
  write_picture<std::uint16_t>(state, ".tif", options, SampleDepth::U16);
}
BENCHMARK(tiff_16_bit)
    ->ArgNames({"compression", "threads"})
    ->Args({0, 1})
    ->Args({0, 2})
    ->Args({1, 2})
    ->Args({2, 2})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void tiff_float(benchmark::State& state) {
  PictureWriterOptions options;
  options.threads = 2;
  write_picture<float>(state, ".tif", options, SampleDepth::F32);
}
BENCHMARK(tiff_float)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

void other_formats(benchmark::State& state) {
  PictureWriterOptions options;
  options.threads = 2;
  switch (state.range(0)) {
    case 0:
      return write_picture<std::uint16_t>(state, ".png", options, SampleDepth::U16);
    case 1:
      return write_picture<std::uint8_t>(state, ".png", options, SampleDepth::U8);
    case 2:
      return write_picture<std::uint8_t>(state, ".jpg", options, SampleDepth::U8);
    case 3:
      return write_picture<float>(state, ".exr", options, SampleDepth::F32);
    default:
      return write_picture<std::uint16_t>(state, ".jxl", options, SampleDepth::U16);
  }
}
BENCHMARK(other_formats)
    ->ArgName("png16,png8,jpg,exr,jxl")
    ->DenseRange(0, 4)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace latent::write
