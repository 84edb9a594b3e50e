// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "image/linear_raw.h"
#include "image/mosaic.h"
#include "tasks/raw/linear_rows.h"
#include "tasks/raw/rows.h"

namespace latent::tasks {

inline constexpr float kSampleBlack = 512;
inline constexpr float kSampleWhite = 16383;
/// Counts between two samples of a result: 14 bits above black have one bit to spare.
inline constexpr double kStoredStep = 0.5;

inline void fill_with_noise(Image<std::uint16_t>& samples) {
  std::mt19937 random(7);
  std::normal_distribution<float> noise(0.0F, 60.0F);
  for (int y = 0; y < samples.height(); ++y) {
    const auto row = samples.view().row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      const float light =
          1500.0F + 8.0F * static_cast<float>(x % 400) + 12.0F * static_cast<float>(y);
      row[x] = static_cast<std::uint16_t>(std::clamp(light + noise(random), 0.0F, 16000.0F));
    }
  }
}

inline CfaPattern sample_pattern(SensorClass sensor) {
  if (sensor == SensorClass::Mono) return {};
  const std::string letters =
      sensor == SensorClass::Bayer ? "RGGB" : "GRGGBGBGBRGRGRGGBGGBGGRGRGRBGBGBGGRG";
  std::vector<CfaColour> colours;
  for (const char letter : letters) {
    colours.push_back(letter == 'R'   ? CfaColour::Red
                      : letter == 'B' ? CfaColour::Blue
                                      : CfaColour::Green);
  }
  const int side = sensor == SensorClass::Bayer ? 2 : 6;
  return CfaPattern::create({side, side}, colours).value();
}

/// A gradient with noise, margins around, and two hot sites.
inline Mosaic sample_mosaic(SensorClass sensor, Size size = {420, 320}) {
  Mosaic mosaic;
  mosaic.samples = Image<std::uint16_t>::create(size).value();
  fill_with_noise(mosaic.samples);
  mosaic.samples.view().at(101, 80) = 15000;
  mosaic.samples.view().at(150, 91) = 15500;
  mosaic.active = {6, 6, size.width - 12, size.height - 14};
  mosaic.crop = {12, 12, size.width - 24, size.height - 26};
  mosaic.sensor = sensor;
  mosaic.cfa = sample_pattern(sensor);
  mosaic.levels = {{{1, 1}, {kSampleBlack}},
                   {kSampleWhite, kSampleWhite, kSampleWhite, kSampleWhite}};
  mosaic.bits_per_sample = 14;
  mosaic.sample_max = 16000;
  mosaic.camera.as_shot_wb = {2.0, 1.0, 1.5};
  mosaic.camera.as_shot_wb_known = true;
  return mosaic;
}

inline LinearRaw sample_linear() {
  LinearRaw picture;
  picture.samples = Image<std::uint16_t>::create({400, 300}, 3).value();
  fill_with_noise(picture.samples);
  picture.crop = {0, 0, 400, 300};
  picture.white = {32767, 32767, 32767};  // a stop to spare
  picture.bits_per_sample = 15;
  picture.sample_max = 16000;
  return picture;
}

/// Writes it as it is.
inline void write_sample(const Mosaic& mosaic, const std::filesystem::path& target) {
  DngPlan plan;
  plan.target = target;
  plan.area = {0, 0, mosaic.active.width, mosaic.active.height};
  plan.strength = 0;
  plan.plain_scale = true;
  plan.noise.a.fill(1e-3);
  plan.options.overwrite = Overwrite::Replace;
  auto rows = mosaic_rows(mosaic, std::move(plan));
  ASSERT_TRUE(rows) << rows.error().sentence;
  ASSERT_TRUE((*rows)->add_source({}));
  ASSERT_TRUE((*rows)->finish({}));
}

inline void write_sample(const LinearRaw& picture, const std::filesystem::path& target) {
  LinearRaw used;
  used.samples = picture.samples.clone().value();
  used.crop = picture.crop;
  used.white = picture.white;
  used.bits_per_sample = picture.bits_per_sample;
  used.sample_max = picture.sample_max;
  DngPlan plan;
  plan.target = target;
  plan.area = picture.crop;
  plan.strength = 0;
  plan.noise.a.fill(1e-3);
  plan.options.overwrite = Overwrite::Replace;
  auto rows = linear_rows(used, std::move(plan));
  ASSERT_TRUE(rows) << rows.error().sentence;
  ASSERT_TRUE((*rows)->add_source({}));
  ASSERT_TRUE((*rows)->finish({}));
}

/// The samples of a result in counts of those levels.
inline Image<float> sample_counts(const Mosaic& mosaic, const SensorLevels& levels) {
  const auto view = mosaic.samples.view().crop(mosaic.active);
  auto counts = Image<float>::create(view.size()).value();
  const float black = levels.black.counts[0];
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) {
      const float stored_black = mosaic.levels.black.at(x + mosaic.active.x, y + mosaic.active.y);
      const float scale = (levels.white[0] - black) / (mosaic.levels.white[0] - stored_black);
      counts.view().at(x, y) = (static_cast<float>(view.at(x, y)) - stored_black) * scale + black;
    }
  }
  return counts;
}

inline Image<float> sample_counts(const LinearRaw& picture, const SensorLevels& levels) {
  auto counts = Image<float>::create(picture.samples.size(), 3).value();
  for (int y = 0; y < counts.height(); ++y) {
    for (std::size_t i = 0; i < counts.view().row(y).size(); ++i) {
      const std::size_t c = i % 3;
      const float scale = levels.white[c] / (picture.white[c] - picture.black[c]);
      counts.view().row(y)[i] =
          (static_cast<float>(picture.samples.view().row(y)[i]) - picture.black[c]) * scale;
    }
  }
  return counts;
}

}  // namespace latent::tasks
