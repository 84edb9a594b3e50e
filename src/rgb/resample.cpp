// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/resample.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/simd.h"
#include "rgb/cubic.h"

namespace latent::rgb {

namespace {

LATENT_VECTORISED
void add_weighted(const float* row, float weight, std::size_t count, float* sum) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += weight * row[i];
}

/// Four at once: less memory to walk through.
LATENT_VECTORISED
void add_four(const float* a, const float* b, const float* c, const float* d, const float* weights,
              std::size_t count, float* sum) {
  for (std::size_t i = 0; i < count; ++i) {
    sum[i] += (weights[0] * a[i] + weights[1] * b[i]) + (weights[2] * c[i] + weights[3] * d[i]);
  }
}

/// The sum over `weights` of rows that lie `stride` samples apart.
void weighted_sum(const float* rows, std::ptrdiff_t stride, std::span<const float> weights,
                  std::size_t count, float* sum) {
  std::fill_n(sum, count, 0.0F);
  std::size_t k = 0;
  const auto row = [&](std::size_t j) { return rows + static_cast<std::ptrdiff_t>(j) * stride; };
  for (; k + 4 <= weights.size(); k += 4) {
    add_four(row(k), row(k + 1), row(k + 2), row(k + 3), &weights[k], count, sum);
  }
  for (; k < weights.size(); ++k) add_weighted(row(k), weights[k], count, sum);
}

/// Down the rows: row `index` of the resampled picture, at the source's width.
void resample_down(ImageView<const float> source, int source_first, const Taps& taps, float* out) {
  weighted_sum(source.row(taps.first - source_first).data(), source.stride(), taps.weights,
               source.row(0).size(), out);
}

/// A copy of pixels of `channels` samples, `to_step` and `from_step` pixels apart.
template <int kChannels>
void copy_pixels(const float* from, int from_step, float* to, int to_step, int pixels) {
  for (int x = 0; x < pixels; ++x) {
    for (int c = 0; c < kChannels; ++c) {
      to[std::ptrdiff_t{x} * to_step * kChannels + c] =
          from[std::ptrdiff_t{x} * from_step * kChannels + c];
    }
  }
}

void copy_pixels(const float* from, int from_step, float* to, int to_step, int pixels,
                 int channels) {
  if (channels == 3) return copy_pixels<3>(from, from_step, to, to_step, pixels);
  if (channels == 1) return copy_pixels<1>(from, from_step, to, to_step, pixels);
  for (int x = 0; x < pixels; ++x) {
    std::copy_n(from + std::ptrdiff_t{x} * from_step * channels, channels,
                to + std::ptrdiff_t{x} * to_step * channels);
  }
}

/// One pixel of a row, by its own weights: for borders.
void resample_pixel(const float* row, int channels, const Taps& taps, float* out) {
  for (int c = 0; c < channels; ++c) {
    float sum = 0;
    for (std::size_t k = 0; k < taps.weights.size(); ++k) {
      sum += taps.weights[k] * row[(taps.first + static_cast<std::ptrdiff_t>(k)) * channels + c];
    }
    out[c] = sum;
  }
}

/// Pixels [begin, end) of a resampled row whose taps all lie inside.
struct Inside {
  int begin = 0;
  int end = 0;
};

}  // namespace

void enlarge_rows(ImageView<const float> source, int source_first, int picture_height, int scale,
                  int out_first, ImageView<float> out) {
  const int channels = source.channels();
  const int width = source.width();
  const auto samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  std::vector<float> row(samples);
  std::vector<float> phase_row(samples);
  // Pixels of one phase have the same weights but for the two on each border.
  const Inside inside{std::min(2, width), std::max(std::min(2, width), width - 2)};
  for (int y = 0; y < out.height(); ++y) {
    resample_down(source, source_first, taps_of(out_first + y, picture_height, scale, 1),
                  row.data());
    float* to = out.row(y).data();
    for (int phase = 0; phase < scale && inside.begin < inside.end; ++phase) {
      const Taps taps = taps_of(inside.begin * scale + phase, width, scale, 1);
      const int count = inside.end - inside.begin;
      weighted_sum(row.data() + std::ptrdiff_t{taps.first} * channels, channels, taps.weights,
                   static_cast<std::size_t>(count * channels), phase_row.data());
      copy_pixels(phase_row.data(), 1,
                  to + (std::ptrdiff_t{inside.begin} * scale + phase) * channels, scale, count,
                  channels);
    }
    for (int x = 0; x < width * scale; ++x) {
      if (x == inside.begin * scale && inside.begin < inside.end) x = inside.end * scale;
      if (x >= width * scale) break;
      resample_pixel(row.data(), channels, taps_of(x, width, scale, 1),
                     to + std::ptrdiff_t{x} * channels);
    }
  }
}

void reduce_rows(ImageView<const float> source, int source_first, int picture_height, int scale,
                 int out_first, ImageView<float> out) {
  const int channels = source.channels();
  const int width = source.width();
  std::vector<float> row(static_cast<std::size_t>(width) * static_cast<std::size_t>(channels));
  std::vector<float> phase_row(row.size());
  std::vector<float> sum(row.size());
  const int small = out.width();
  const Inside inside{std::min(2, small), std::max(std::min(2, small), small - 2)};
  const auto count = static_cast<std::size_t>((inside.end - inside.begin) * channels);
  for (int y = 0; y < out.height(); ++y) {
    resample_down(source, source_first, taps_of(out_first + y, picture_height, 1, scale),
                  row.data());
    float* to = out.row(y).data();
    if (inside.begin < inside.end) {
      // Every scale-th pixel of the row at a time, which lie side by side once they are dealt.
      const Taps taps = taps_of(inside.begin, width, 1, scale);
      std::fill_n(sum.begin(), count, 0.0F);
      for (int phase = 0; phase < scale; ++phase) {
        const int dealt = (width - taps.first - phase + scale - 1) / scale;
        copy_pixels(row.data() + std::ptrdiff_t{taps.first + phase} * channels, scale,
                    phase_row.data(), 1, dealt, channels);
        for (std::size_t k = static_cast<std::size_t>(phase); k < taps.weights.size();
             k += static_cast<std::size_t>(scale)) {
          const std::size_t shift = k / static_cast<std::size_t>(scale);
          add_weighted(phase_row.data() + shift * static_cast<std::size_t>(channels),
                       taps.weights[k], count, sum.data());
        }
      }
      std::copy_n(sum.begin(), count, to + std::ptrdiff_t{inside.begin} * channels);
    }
    for (int x = 0; x < small; ++x) {
      if (x == inside.begin && inside.begin < inside.end) x = inside.end;
      if (x >= small) break;
      resample_pixel(row.data(), channels, taps_of(x, width, 1, scale),
                     to + std::ptrdiff_t{x} * channels);
    }
  }
}

}  // namespace latent::rgb
