// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/preview.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace latent::raw {

namespace {

constexpr float kWhitePercentile = 0.99F;
constexpr float kWhiteTarget = 0.9F;
constexpr float kMaxGain = 32.0F;

/// A block side at which every block holds all colours of the pattern in nearly equal numbers.
int block_side(const Mosaic& mosaic, int long_side) {
  const int longest = std::max(mosaic.crop.width, mosaic.crop.height);
  const int wanted = (longest + long_side - 1) / std::max(1, long_side);
  const int period = mosaic.cfa.is_mono() ? 1 : mosaic.cfa.period().width == 6 ? 3 : 2;
  return std::max(period, round_up(wanted, period));
}

float exposure_gain(const std::vector<float>& green) {
  if (green.empty()) return 1.0F;
  std::vector<float> sorted = green;
  const auto at =
      static_cast<std::ptrdiff_t>(kWhitePercentile * static_cast<float>(sorted.size() - 1));
  std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
  const float bright = sorted[static_cast<std::size_t>(at)];
  if (!(bright > 0.0F)) return 1.0F;
  return std::clamp(kWhiteTarget / bright, 1.0F, kMaxGain);
}

}  // namespace

PreviewAccumulator::PreviewAccumulator(const Mosaic& mosaic, int long_side)
    : mono_(mosaic.cfa.is_mono()), balance_(mosaic.camera.as_shot_wb) {
  to_srgb_ =
      mono_ ? colour::Matrix3{1, 0, 0, 0, 1, 0, 0, 0, 1} : colour::camera_to_srgb(mosaic.camera);
  crop_in_active_ = {mosaic.crop.x - mosaic.active.x, mosaic.crop.y - mosaic.active.y,
                     mosaic.crop.width, mosaic.crop.height};
  begin(block_side(mosaic, long_side));
  period_ = {1, std::lcm(mosaic.cfa.period().height, mosaic.levels.black.period.height)};
  for (int y = 0; y < period_.height; ++y) plans_.push_back(plan_of(mosaic, y));
}

PreviewAccumulator::PreviewAccumulator(const LinearRaw& picture, int long_side)
    : balance_(picture.camera.as_shot_wb),
      to_srgb_(colour::camera_to_srgb(picture.camera)),
      crop_in_active_(picture.crop),
      samples_per_px_(3),
      period_{1, 1} {
  const int longest = std::max(picture.crop.width, picture.crop.height);
  begin(std::max(1, (longest + long_side - 1) / std::max(1, long_side)));
  plans_.push_back(plan_of(picture));
}

void PreviewAccumulator::begin(int block) {
  block_ = block;
  size_ = {std::max(1, crop_in_active_.width / block_),
           std::max(1, crop_in_active_.height / block_)};
  sum_.assign(static_cast<std::size_t>(size_.area()) * 3, 0.0F);
  count_.assign(sum_.size(), 0.0F);
}

PreviewAccumulator::RowPlan PreviewAccumulator::plan_of(const LinearRaw& picture) const {
  RowPlan plan;
  const int used = std::min(crop_in_active_.width, size_.width * block_);
  for (int x = 0; x < used; ++x) {
    for (std::size_t c = 0; c < 3; ++c) {
      plan.target.push_back(static_cast<std::uint32_t>(3 * (x / block_)) +
                            static_cast<std::uint32_t>(c));
      plan.black.push_back(picture.black[c]);
      plan.scale.push_back(1.0F / std::max(picture.white[c] - picture.black[c], 1.0F));
    }
  }
  return plan;
}

PreviewAccumulator::RowPlan PreviewAccumulator::plan_of(const Mosaic& mosaic, int y) const {
  RowPlan plan;
  const int used = std::min(crop_in_active_.width, size_.width * block_);
  for (int x = 0; x < used; ++x) {
    const int site_x = x + mosaic.crop.x;
    const int site_y = y + mosaic.active.y;
    const CfaColour colour = mosaic.cfa.at(site_x, site_y);
    const float black = mosaic.levels.black.at(site_x, site_y);
    const float range = mosaic.levels.white[static_cast<std::size_t>(colour)] - black;
    plan.target.push_back(static_cast<std::uint32_t>(3 * (x / block_) + rgb_index(colour)));
    plan.black.push_back(black);
    plan.scale.push_back(1.0F / std::max(range, 1.0F));
  }
  return plan;
}

void PreviewAccumulator::add_row(int y, const float* counts) {
  const int in_crop = y - crop_in_active_.y;
  if (in_crop < 0 || in_crop / block_ >= size_.height) return;
  const RowPlan& plan = plans_[static_cast<std::size_t>(y % period_.height)];
  const std::size_t row =
      3 * static_cast<std::size_t>(in_crop / block_) * static_cast<std::size_t>(size_.width);
  const float* const first = counts + std::ptrdiff_t{samples_per_px_} * crop_in_active_.x;
  for (std::size_t x = 0; x < plan.target.size(); ++x) {
    sum_[row + plan.target[x]] += (first[x] - plan.black[x]) * plan.scale[x];
    count_[row + plan.target[x]] += 1.0F;
  }
}

Result<Image<std::uint8_t>> PreviewAccumulator::finish() const {
  LATENT_TRY(auto image, Image<std::uint8_t>::create(size_, 3));
  const std::size_t pixels = static_cast<std::size_t>(size_.area());
  const auto mean = [&](std::size_t pixel, std::size_t colour) {
    const std::size_t source = 3 * pixel + (mono_ ? 1 : colour);
    const float value = count_[source] > 0.0F ? sum_[source] / count_[source] : 0.0F;
    return mono_ ? value : value * static_cast<float>(balance_[colour]);
  };
  std::vector<float> green(pixels);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) green[pixel] = mean(pixel, 1);
  const float gain = exposure_gain(green);
  for (int y = 0; y < size_.height; ++y) {
    const auto row = image.view().row(y);
    for (int x = 0; x < size_.width; ++x) {
      const auto pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) +
                         static_cast<std::size_t>(x);
      // Clipped before the matrix: a blown highlight is white, not the colour of the sensor.
      std::array<float, 3> camera{};
      for (std::size_t c = 0; c < 3; ++c) camera[c] = std::clamp(gain * mean(pixel, c), 0.0F, 1.0F);
      for (std::size_t c = 0; c < 3; ++c) {
        const float linear = to_srgb_[3 * c] * camera[0] + to_srgb_[3 * c + 1] * camera[1] +
                             to_srgb_[3 * c + 2] * camera[2];
        row[static_cast<std::size_t>(3 * x) + c] =
            static_cast<std::uint8_t>(std::lround(255.0F * colour::encode_srgb(linear)));
      }
    }
  }
  return image;
}

}  // namespace latent::raw
