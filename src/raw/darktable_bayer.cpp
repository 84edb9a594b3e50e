// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/darktable_bayer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace latent::raw {
namespace {

constexpr float kClipped = 0.98F;  ///< of white; above it no gain is measured

std::array<float, 4> whites_of(const Mosaic& mosaic) {
  std::array<float, 4> whites = mosaic.levels.white;
  for (float& white : whites) {
    if (!(white > 0)) white = 65535.0F;
  }
  return whites;
}

/// Clipped to 0..white, rounded as darktable does.
std::uint16_t stored(float value, float white) {
  const float clipped = std::clamp(value, 0.0F, white) + 0.5F;
  return static_cast<std::uint16_t>(static_cast<std::int32_t>(std::min(clipped, 65535.0F)));
}

}  // namespace

SiteScale::SiteScale(const Mosaic& mosaic, const std::array<float, 3>& balance, White white)
    : balance_(balance) {
  const auto whites = whites_of(mosaic);
  white_ = whites[0];
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 2; ++x) {
      white_ = std::min(white_, whites[static_cast<std::size_t>(mosaic.cfa.at(x, y))]);
    }
  }
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 2; ++x) {
      const std::size_t site = site_of(x, y);
      black_[site] = mosaic.levels.black.at(x, y);
      const float top =
          white == White::Smallest ? white_ : whites[static_cast<std::size_t>(mosaic.cfa.at(x, y))];
      range_[site] = top - black_[site] > 0 ? top - black_[site] : 1.0F;
    }
  }
}

Result<Point> red_site(const Mosaic& mosaic) {
  if (mosaic.sensor == SensorClass::Bayer && mosaic.cfa.period() == Size{2, 2}) {
    for (int y = 0; y < 2; ++y) {
      for (int x = 0; x < 2; ++x) {
        if (mosaic.cfa.at(x, y) == CfaColour::Red) return Point{x, y};
      }
    }
  }
  return fail(ErrorCode::Unsupported, "a network for Bayer mosaics takes no other sensor");
}

double mean_of(ConstTensorView tensor) {
  double sum = 0;
  const std::size_t count = tensor.shape.count();
  for (std::size_t i = 0; i < count; ++i) sum += double{tensor.data[i]};
  return sum / static_cast<double>(std::max<std::size_t>(1, count));
}

double darktable_gain(double mean_in, double mean_out, double least_out) {
  return std::abs(mean_out) > least_out ? mean_in / mean_out : 1.0;
}

// ---- darktable's way

void DarktableBayer::find_area() {
  const Size buffer = mosaic_->samples.size();
  const Rect& visible = mosaic_->crop;
  const int right = visible.empty() ? buffer.width : visible.right();
  const int bottom = visible.empty() ? buffer.height : visible.bottom();
  area_ = {red_.x, red_.y, std::max(0, right - red_.x) / 2 * 2,
           std::max(0, bottom - red_.y) / 2 * 2};
  columns_ = (area_.width / 2 + step() - 1) / step();
  rows_ = (area_.height / 2 + step() - 1) / step();
  Rect mirror = visible.empty() ? Rect{0, 0, buffer.width, buffer.height} : visible;
  if (contract_.force_rggb && contract_.mirror_cropped) {
    const int x = mirror.x + red_.x;
    const int y = mirror.y + red_.y;
    mirror = {x, y, std::max(0, mirror.right() - x) / 2 * 2,
              std::max(0, mirror.bottom() - y) / 2 * 2};
  }
  mirror_ = mirror.intersection({0, 0, buffer.width, buffer.height});
}

Result<DarktableBayer> DarktableBayer::create(const Mosaic& mosaic, const BayerContract& contract,
                                              double strength) {
  DarktableBayer made(mosaic, contract, strength);
  LATENT_TRY(made.red_, red_site(mosaic));
  made.find_area();
  const Size size = mosaic.samples.size();
  LATENT_TRY(made.result_, Image<std::uint16_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    const auto from = mosaic.samples.view().row(y);
    std::transform(from.begin(), from.end(), made.result_.view().row(y).begin(),
                   [&](std::uint16_t sample) {
                     return stored(static_cast<float>(sample), made.scale_.white());
                   });
  }
  if (made.tiles() > 0) {
    LATENT_TRY(made.strip_,
               SeamStrip::create(made.area_.size(), 2 * made.step(), 2 * contract.overlap, 1));
  }
  return made;
}

void DarktableBayer::pack(int index, TensorView planes) const {
  const int tile = contract_.tile;
  int top = 2 * (index / columns_ * step() - contract_.overlap);
  int left = 2 * (index % columns_ * step() - contract_.overlap);
  if (contract_.force_rggb) {
    top += red_.y;
    left += red_.x;
  }
  std::vector<int> columns(static_cast<std::size_t>(2 * tile));
  for (int x = 0; x < 2 * tile; ++x) {
    columns[static_cast<std::size_t>(x)] =
        mirror_.x + mirror_index(left + x - mirror_.x, std::max(1, mirror_.width));
  }
  for (int k = 0; k < 4; ++k) {
    float* to = planes.plane(k).data();
    for (int dy = 0; dy < tile; ++dy) {
      const int y = mirror_.y +
                    mirror_index(top + 2 * dy + (k >> 1) - mirror_.y, std::max(1, mirror_.height));
      const auto row = mosaic_->samples.view().row(y);
      for (int dx = 0; dx < tile; ++dx) {
        const int x = columns[static_cast<std::size_t>(2 * dx + (k & 1))];
        *to++ = scale_.normalised(static_cast<float>(row[static_cast<std::size_t>(x)]), x, y,
                                  rgb_index(mosaic_->cfa.at(x, y)));
      }
    }
  }
}

Status DarktableBayer::add(int index, ConstTensorView input, ConstTensorView output) {
  const double mean_in = mean_of(input);
  const auto gain =
      contract_.match_gain
          ? static_cast<float>(darktable_gain(mean_in, mean_of(output), 1e-6 * std::abs(mean_in)))
          : 1.0F;
  const int row = index / columns_;
  const int column = index % columns_;
  const int side = 2 * contract_.tile;
  // With native planes the answer stands shifted by the red site (C6): the tile was cut elsewhere.
  const int top = row * 2 * step() - 2 * contract_.overlap;
  const int left = column * 2 * step() - 2 * contract_.overlap;
  strip_.add(row, column, [&](int y, int first, int last, float* samples) {
    const int sensor_y = area_.y + y;
    const auto source = mosaic_->samples.view().row(sensor_y);
    for (int x = first; x < last; ++x) {
      const int sensor_x = area_.x + x;
      const int colour = rgb_index(mosaic_->cfa.at(sensor_x, sensor_y));
      const std::size_t at = static_cast<std::size_t>(y - top) * static_cast<std::size_t>(side) +
                             static_cast<std::size_t>(x - left);
      const float count = scale_.count(output.plane(colour)[at] * gain, sensor_x, sensor_y, colour);
      *samples++ =
          strength_ * count +
          (1.0F - strength_) * static_cast<float>(source[static_cast<std::size_t>(sensor_x)]);
    }
  });
  if (column + 1 < columns_) return {};
  return strip_.finish_row(row, [&](int first_row, ImageView<const float> rows) -> Status {
    for (int y = 0; y < rows.height(); ++y) {
      const auto from = rows.row(y);
      auto* to = &result_.view().at(area_.x, area_.y + first_row + y);
      for (const float value : from) *to++ = stored(value, scale_.white());
    }
    return {};
  });
}

// ---- our way

Result<BayerFrame> BayerFrame::create(const Mosaic& mosaic, const BayerContract& contract) {
  BayerFrame frame(mosaic, contract);
  LATENT_TRY(const Point red, red_site(mosaic));
  // The site of the buffer where a 2x2 of planes begins, and how far the frame's corner is from it.
  const Point begin = contract.force_rggb ? red : Point{0, 0};
  frame.offset_ = {2 * contract.overlap + positive_modulo(mosaic.active.x - begin.x, 2),
                   2 * contract.overlap + positive_modulo(mosaic.active.y - begin.y, 2)};
  return frame;
}

Size BayerFrame::extended() const {
  const int margin = 2 * contract_.overlap;
  return {round_up(offset_.x + mosaic_->active.width + margin, 2),
          round_up(offset_.y + mosaic_->active.height + margin, 2)};
}

float BayerFrame::sample(int frame_x, int frame_y, int* colour) const {
  const Rect& active = mosaic_->active;
  const int x = active.x + mirror_index(frame_x, active.width);
  const int y = active.y + mirror_index(frame_y, active.height);
  *colour = rgb_index(mosaic_->cfa.at(x, y));
  return scale_.normalised(static_cast<float>(mosaic_->samples.view().at(x, y)), x, y, *colour);
}

void BayerFrame::pack(const Rect& tile, TensorView planes) const {
  const int width = tile.width / 2;
  const int height = tile.height / 2;
  for (int k = 0; k < 4; ++k) {
    float* to = planes.plane(k).data();
    for (int dy = 0; dy < height; ++dy) {
      const int y = tile.y + 2 * dy + (k >> 1) - offset_.y;
      for (int dx = 0; dx < width; ++dx) {
        int colour = 0;
        *to++ = sample(tile.x + 2 * dx + (k & 1) - offset_.x, y, &colour);
      }
    }
  }
}

void BayerFrame::counts_of(int frame_x, int frame_y, std::span<const float> answer, float gain,
                           std::span<float> counts) const {
  const Rect& active = mosaic_->active;
  const int y = active.y + frame_y;
  int x = active.x + frame_x;
  const float* rgb = answer.data();
  for (float& count : counts) {
    const int colour = rgb_index(mosaic_->cfa.at(x, y));
    count = scale_.count(rgb[colour] * gain, x, y, colour);
    rgb += 3;
    ++x;
  }
}

void BayerFrame::add_to(GainSums& sums, const Rect& tile, int margin,
                        ConstTensorView output) const {
  const Rect& active = mosaic_->active;
  for (int y = margin; y < tile.height - margin; ++y) {
    const int frame_y = tile.y + y - offset_.y;
    if (frame_y < 0 || frame_y >= active.height) continue;
    for (int x = margin; x < tile.width - margin; ++x) {
      const int frame_x = tile.x + x - offset_.x;
      if (frame_x < 0 || frame_x >= active.width) continue;
      int colour = 0;
      const double in = sample(frame_x, frame_y, &colour);
      if (in > double{kClipped} * double{contract_.balance[static_cast<std::size_t>(colour)]}) {
        continue;
      }
      const double out =
          output.plane(colour)[static_cast<std::size_t>(y) * static_cast<std::size_t>(tile.width) +
                               static_cast<std::size_t>(x)];
      sums.in_out += in * out;
      sums.out_out += out * out;
      sums.in_in += in * in;
    }
  }
}

}  // namespace latent::raw
