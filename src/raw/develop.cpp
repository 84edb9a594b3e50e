// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/develop.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/threads.h"

namespace latent::raw {

namespace {

constexpr int kCurveSteps = 4096;
constexpr float kWhitePercentile = 0.99F;
constexpr float kWhiteTarget = 0.9F;
constexpr float kMostGain = 32.0F;
constexpr int kMeasured = 100'000;  // sites that the exposure is measured on, about
constexpr int kMostRadius = 3;      // within which every pattern has all of its colours

std::vector<float> curve() {
  std::vector<float> table(kCurveSteps + 2);
  for (int i = 0; i <= kCurveSteps + 1; ++i) {
    const float linear = static_cast<float>(i) / kCurveSteps;
    table[static_cast<std::size_t>(i)] = colour::encode_srgb(linear);
  }
  return table;
}

float gain_of(std::vector<float> light) {
  if (light.empty()) return 1.0F;
  const auto at =
      static_cast<std::ptrdiff_t>(kWhitePercentile * static_cast<float>(light.size() - 1));
  std::nth_element(light.begin(), light.begin() + at, light.end());
  const float bright = light[static_cast<std::size_t>(at)];
  return bright > 0.0F ? std::clamp(kWhiteTarget / bright, 1.0F, kMostGain) : 1.0F;
}

/// Every how many rows and columns to look, for about kMeasured sites; no multiple of 2 or 3, so
/// that all phases of a pattern come up.
int step_over(Size size) {
  const double each = static_cast<double>(size.area()) / kMeasured;
  int step = std::max(1, static_cast<int>(std::sqrt(each))) | 1;
  while (step % 3 == 0) step += 2;
  return step;
}

float scale_of(float white, float black) { return 1.0F / std::max(white - black, 1.0F); }

}  // namespace

Development::Development(const Mosaic& mosaic) : mono_(mosaic.cfa.is_mono()), curve_(curve()) {
  const Size black = mosaic.levels.black.period;
  const Size cfa = mosaic.cfa.period();
  period_ = {std::lcm(cfa.width, black.width), std::lcm(cfa.height, black.height)};
  for (int y = 0; y < period_.height; ++y) {
    for (int x = 0; x < period_.width; ++x) {
      const int at_x = x + mosaic.active.x;
      const int at_y = y + mosaic.active.y;
      const CfaColour colour = mosaic.cfa.at(at_x, at_y);
      const float level = mosaic.levels.black.at(at_x, at_y);
      const float white = mosaic.levels.white[static_cast<std::size_t>(colour)];
      sites_.push_back({mono_ ? 1 : rgb_index(colour), level, scale_of(white, level), {}});
    }
  }
  if (!mono_) take_colours(mosaic.camera);
  if (!mono_) find_taps();
  std::vector<float> green;
  const auto samples = mosaic.samples.view().crop(mosaic.active);
  const int step = step_over(samples.size());
  for (int y = 0; y < samples.height(); y += step) {
    for (int x = 0; x < samples.width(); x += step) {
      const Site& here = site(x, y);
      if (here.colour != 1) continue;
      green.push_back((static_cast<float>(samples.at(x, y)) - here.black) * here.scale);
    }
  }
  for (float& each : balance_) each *= gain_of(green);
}

Development::Development(const LinearRaw& picture) : mosaic_(false), curve_(curve()) {
  for (std::size_t c = 0; c < 3; ++c) {
    sites_.push_back(
        {static_cast<int>(c), picture.black[c], scale_of(picture.white[c], picture.black[c]), {}});
  }
  take_colours(picture.camera);
  std::vector<float> green;
  const auto samples = picture.samples.view();
  const int step = step_over(samples.size());
  for (int y = 0; y < samples.height(); y += step) {
    for (int x = 0; x < samples.width(); x += step) {
      green.push_back((static_cast<float>(samples.at(x, y, 1)) - sites_[1].black) *
                      sites_[1].scale);
    }
  }
  for (float& each : balance_) each *= gain_of(green);
}

Development Development::with_colours(const LinearRaw& facts) const {
  Development made;
  made.mosaic_ = false;
  for (std::size_t c = 0; c < 3; ++c) {
    made.sites_.push_back(
        {static_cast<int>(c), facts.black[c], scale_of(facts.white[c], facts.black[c]), {}});
  }
  made.balance_ = balance_;
  made.to_srgb_ = to_srgb_;
  made.curve_ = curve_;
  return made;
}

void Development::take_colours(const CameraFacts& camera) {
  to_srgb_ = colour::camera_to_srgb(camera);
  for (std::size_t c = 0; c < 3; ++c) balance_[c] = static_cast<float>(camera.as_shot_wb[c]);
}

std::vector<Development::Tap> Development::taps_of(int x, int y, const Rect& bounds) const {
  const int own = site(x, y).colour;
  std::vector<Tap> taps;
  Camera weight{};
  for (int radius = 1; radius <= kMostRadius; ++radius) {
    taps.clear();
    weight = {};
    const Rect around =
        Rect{x - radius, y - radius, 2 * radius + 1, 2 * radius + 1}.intersection(bounds);
    for (int at_y = around.y; at_y < around.bottom(); ++at_y) {
      for (int at_x = around.x; at_x < around.right(); ++at_x) {
        const int colour = site(at_x, at_y).colour;
        if (colour == own) continue;
        const int far = std::abs(at_x - x) + std::abs(at_y - y);
        taps.push_back({at_x - x, at_y - y, colour, 1.0F / static_cast<float>(far)});
        weight[static_cast<std::size_t>(colour)] += taps.back().share;
      }
    }
    weight[static_cast<std::size_t>(own)] = 1;
    if (std::ranges::all_of(weight, [](float each) { return each > 0.0F; })) break;
  }
  for (Tap& tap : taps) tap.share /= weight[static_cast<std::size_t>(tap.colour)];
  return taps;
}

void Development::find_taps() {
  const Rect everywhere{-kMostRadius, -kMostRadius, period_.width + 2 * kMostRadius,
                        period_.height + 2 * kMostRadius};
  for (int y = 0; y < period_.height; ++y) {
    for (int x = 0; x < period_.width; ++x) {
      sites_[static_cast<std::size_t>(y * period_.width + x)].taps = taps_of(x, y, everywhere);
    }
  }
}

void Development::develop_row(const Rect& area, ImageView<const float> light, int y,
                              float* out) const {
  const std::ptrdiff_t stride = light.stride();
  const bool inner_row = y >= kMostRadius && y + kMostRadius < area.height;
  const Site* const phases = &sites_[static_cast<std::size_t>(
      positive_modulo(area.y + y, period_.height) * period_.width)];
  int phase = positive_modulo(area.x, period_.width);
  std::vector<Tap> found;
  for (int x = 0; x < area.width; ++x, out += 3) {
    const Site& here = phases[phase];
    phase = phase + 1 == period_.width ? 0 : phase + 1;
    const std::vector<Tap>* taps = &here.taps;
    if (!inner_row || x < kMostRadius || x + kMostRadius >= area.width) {
      found = taps_of(area.x + x, area.y + y, area);
      taps = &found;
    }
    const float* at = &light.at(x, y);
    Camera camera{};
    std::array<bool, 3> known{};
    for (const Tap& tap : *taps) {
      const auto c = static_cast<std::size_t>(tap.colour);
      camera[c] += tap.share * at[tap.dy * stride + tap.dx];
      known[c] = true;
    }
    const auto own = static_cast<std::size_t>(here.colour);
    camera[own] = *at;
    known[own] = true;
    for (std::size_t c = 0; c < 3; ++c) {
      if (!known[c]) camera[c] = *at;
    }
    finish(camera, out);
  }
}

void Development::finish(const Camera& camera, float* out) const {
  // Clipped before the matrix: a blown highlight is white, not the colour of the sensor.
  Camera white{};
  for (std::size_t c = 0; c < 3; ++c) white[c] = std::clamp(camera[c] * balance_[c], 0.0F, 1.0F);
  for (std::size_t c = 0; c < 3; ++c) {
    const float linear = to_srgb_[3 * c] * white[0] + to_srgb_[3 * c + 1] * white[1] +
                         to_srgb_[3 * c + 2] * white[2];
    const float place = std::clamp(linear, 0.0F, 1.0F) * kCurveSteps;
    const auto step = static_cast<std::size_t>(place);
    const float part = place - static_cast<float>(step);
    out[c] = curve_[step] + part * (curve_[step + 1] - curve_[step]);
  }
}

Result<Image<float>> Development::picture_of(const Rect& area, ImageView<const float> counts,
                                             int threads) const {
  LATENT_ENSURE(counts.size() == area.size() && counts.channels() == (mosaic_ ? 1 : 3));
  LATENT_TRY(auto light, Image<float>::create(area.size(), counts.channels()));
  LATENT_TRY(auto picture, Image<float>::create(area.size(), 3));
  const auto become_light = [&](int first, int last) {
    const auto columns = static_cast<std::size_t>(mosaic_ ? period_.width : 3);
    for (int y = first; y < last; ++y) {
      const auto from = counts.row(y);
      const auto to = light.view().row(y);
      const Site* const row = mosaic_ ? &site(0, area.y + y) : sites_.data();
      auto phase = static_cast<std::size_t>(mosaic_ ? positive_modulo(area.x, period_.width) : 0);
      for (std::size_t i = 0; i < from.size(); ++i) {
        to[i] = (from[i] - row[phase].black) * row[phase].scale;
        phase = phase + 1 == columns ? 0 : phase + 1;
      }
    }
  };
  const auto seen = std::as_const(light).view();
  const auto develop = [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      float* out = picture.view().row(y).data();
      if (mosaic_ && !mono_) {
        develop_row(area, seen, y, out);
        continue;
      }
      for (int x = 0; x < area.width; ++x, out += 3) {
        const float* at = &seen.at(x, y);
        finish(mono_ ? Camera{at[0], at[0], at[0]} : Camera{at[0], at[1], at[2]}, out);
      }
    }
  };
  LATENT_CHECK(for_row_parts(area.height, threads, become_light));
  LATENT_CHECK(for_row_parts(area.height, threads, develop));
  return picture;
}

}  // namespace latent::raw
