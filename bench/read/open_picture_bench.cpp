// SPDX-License-Identifier: GPL-3.0-or-later
// open_picture() of 24 megapixels: a TIFF of 16 bits (deflate with prediction) and a JPEG.
#include <benchmark/benchmark.h>
#include <tiffio.h>

#include <cstdio>  // jpeglib.h uses FILE and size_t without including them

#include <jpeglib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

constexpr Size kSize{6000, 4000};

/// A smooth scene with the noise of a photograph: `noise` is how many values it spans.
class Scene {
 public:
  Scene(int top, int noise) : top_(top), noise_(noise) {}

  int sample(int x, int y, int channel) {
    state_ = state_ * 1664525U + 1013904223U;
    const int ramp = (x * (channel + 1) + y * 2) % 8192 * (top_ - noise_) / 8192;
    return ramp + static_cast<int>((state_ >> 16U) % static_cast<unsigned>(noise_));
  }

 private:
  int top_;
  int noise_;
  std::uint32_t state_ = 1;
};

template <class T>
std::vector<T> row_of(Scene& scene, int y) {
  std::vector<T> row;
  for (int x = 0; x < kSize.width; ++x) {
    for (int c = 0; c < 3; ++c) row.push_back(static_cast<T>(scene.sample(x, y, c)));
  }
  return row;
}

std::filesystem::path tiff_file() {
  const auto path = test::write_file("bench.tif", {});
  const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen(path.c_str(), "w"), TIFFClose);
  TIFFSetField(tiff.get(), TIFFTAG_IMAGEWIDTH, kSize.width);
  TIFFSetField(tiff.get(), TIFFTAG_IMAGELENGTH, kSize.height);
  TIFFSetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, 16);
  TIFFSetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, 3);
  TIFFSetField(tiff.get(), TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
  TIFFSetField(tiff.get(), TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff.get(), TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
  TIFFSetField(tiff.get(), TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
  TIFFSetField(tiff.get(), TIFFTAG_ROWSPERSTRIP, 32);
  Scene scene(65535, 600);
  for (int y = 0; y < kSize.height; ++y) {
    auto row = row_of<std::uint16_t>(scene, y);
    TIFFWriteScanline(tiff.get(), row.data(), static_cast<std::uint32_t>(y));
  }
  return path;
}

std::filesystem::path jpeg_file() {
  const auto path = test::write_file("bench.jpg", {});
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"),
                                                             std::fclose);
  jpeg_compress_struct codec{};
  jpeg_error_mgr errors{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  jpeg_stdio_dest(&codec, file.get());
  codec.image_width = static_cast<JDIMENSION>(kSize.width);
  codec.image_height = static_cast<JDIMENSION>(kSize.height);
  codec.input_components = 3;
  codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&codec);  // 4:2:0
  jpeg_set_quality(&codec, 92, TRUE);
  jpeg_start_compress(&codec, TRUE);
  Scene scene(255, 8);
  for (int y = 0; y < kSize.height; ++y) {
    auto row = row_of<std::uint8_t>(scene, y);
    JSAMPROW start = row.data();
    jpeg_write_scanlines(&codec, &start, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  return path;
}

void count_pixels(benchmark::State& state) {
  state.counters["MP/s"] = benchmark::Counter(static_cast<double>(kSize.area()) * 1e-6,
                                              benchmark::Counter::kIsIterationInvariantRate);
}

void open_tiff(benchmark::State& state) {
  const auto path = tiff_file();
  Scene scene(65535, 600);
  const auto first = row_of<std::uint16_t>(scene, 0);
  for (auto _ : state) {
    const auto picture = open_picture(path);
    if (!picture || !std::ranges::equal(
                        std::get<Image<std::uint16_t>>(picture->samples).view().row(0), first)) {
      state.SkipWithError("the samples are wrong");
      break;
    }
  }
  count_pixels(state);
}

void open_jpeg(benchmark::State& state) {
  const auto path = jpeg_file();
  for (auto _ : state) {
    const auto picture = open_picture(path);
    if (!picture ||
        std::abs(std::get<Image<std::uint8_t>>(picture->samples).view().at(4000, 5, 0) - 125) > 9) {
      state.SkipWithError("the samples are wrong");
      break;
    }
  }
  count_pixels(state);
}

BENCHMARK(open_tiff)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(open_jpeg)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latent::read
