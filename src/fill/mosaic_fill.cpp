// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/mosaic_fill.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "base/threads.h"
#include "fill/patch_fill.h"

namespace latent::fill {

namespace {

constexpr int kReach = 2;  ///< 5 x 5 sites hold every colour of every pattern

/// The mean of the known sites of each colour around a site; where there is none of a colour the
/// mean of the others.
Status mean_colours(ImageView<const float> samples, const CfaPattern& cfa,
                    ImageView<const std::uint8_t> hole, int threads, ImageView<float> out) {
  const int width = samples.width();
  const int height = samples.height();
  return for_row_parts(height, threads, [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      for (int x = 0; x < width; ++x) {
        std::array<float, 3> sum{};
        std::array<float, 3> count{};
        for (int ny = std::max(0, y - kReach); ny <= std::min(height - 1, y + kReach); ++ny) {
          for (int nx = std::max(0, x - kReach); nx <= std::min(width - 1, x + kReach); ++nx) {
            if (hole.at(nx, ny) != 0) continue;
            const auto c = static_cast<std::size_t>(rgb_index(cfa.at(nx, ny)));
            sum[c] += samples.at(nx, ny);
            count[c] += 1;
          }
        }
        float all = 0;
        float known = 0;
        for (std::size_t c = 0; c < 3; ++c) {
          if (count[c] == 0) continue;
          sum[c] /= count[c];
          all += sum[c];
          known += 1;
        }
        float* pixel = &out.at(x, y);
        for (std::size_t c = 0; c < 3; ++c) {
          pixel[c] = count[c] > 0 ? sum[c] : known > 0 ? all / known : 0.0F;
        }
      }
    }
  });
}

}  // namespace

Result<MosaicFilled> fill_mosaic(ImageView<const float> samples, const CfaPattern& cfa,
                                 ImageView<const std::uint8_t> hole,
                                 ImageView<const std::uint8_t> bar, int threads,
                                 const RunControl& control) {
  LATENT_TRY(auto means, Image<float>::create(samples.size(), 3));
  LATENT_CHECK(mean_colours(samples, cfa, hole, threads, means.view()));
  PatchFillSettings settings;
  settings.threads = threads;
  settings.period = std::lcm(cfa.period().width, cfa.period().height);
  LATENT_TRY(const auto filled,
             patch_fill(std::as_const(means).view(), hole, bar, settings, control));
  MosaicFilled result;
  result.flat = !filled.field.has_value();
  LATENT_TRY(result.samples, Image<float>::create(samples.size()));
  for (int y = 0; y < samples.height(); ++y) {
    for (int x = 0; x < samples.width(); ++x) {
      float& to = result.samples.view().at(x, y);
      if (hole.at(x, y) == 0) {
        to = samples.at(x, y);
        continue;
      }
      const int colour = rgb_index(cfa.at(x, y));
      to = filled.colours.view().at(x, y, colour);
      if (result.flat) continue;
      // The patch around the site, or at the border of the picture the nearest one that holds it.
      const Field& field = *filled.field;
      const int px = std::clamp(x, field.area.x, field.area.right() - 1);
      const int py = std::clamp(y, field.area.y, field.area.bottom() - 1);
      const std::int32_t* from = &field.from.view().at(px - field.area.x, py - field.area.y);
      const Point source{from[0] + x - px, from[1] + y - py};
      if (from[0] < 0 || std::abs(x - px) > kRadius || std::abs(y - py) > kRadius) continue;
      to += samples.at(source.x, source.y) - means.view().at(source.x, source.y, colour);
    }
  }
  return result;
}

}  // namespace latent::fill
