// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/noise_level.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/simd.h"
#include "rgb/level_blocks.h"
#include "rgb/level_fit.h"

namespace latent::rgb {

namespace {

constexpr double kDoubtfulBlocks = 300;
constexpr double kDoubtfulSpread = 0.15;  // of sigma

using Nodes = std::array<float, kLevelNodes>;

/// The polygon through the nodes as a sum of ramps, without a look-up: vector code.
LATENT_VECTORISED
void levels_at(const Nodes& sigma, const float* brightness, std::size_t count, float* out) {
  for (std::size_t x = 0; x < count; ++x) {
    const float place = brightness[x] * kLevelNodes - 0.5F;
    float value = sigma[0];
    for (std::size_t i = 0; i + 1 < kLevelNodes; ++i) {
      const float part = place - static_cast<float>(i);
      const float ramp = part > 0.0F ? (part < 1.0F ? part : 1.0F) : 0.0F;
      value += (sigma[i + 1] - sigma[i]) * ramp;
    }
    out[x] = value;
  }
}

/// Means of 5x5 pixels of one channel; rows [width + 4] of the five rows, interleaved.
LATENT_VECTORISED
void add_rows(const std::array<const float*, 5>& rows, std::size_t samples, float* sums) {
  for (std::size_t x = 0; x < samples; ++x) {
    sums[x] = rows[0][x] + rows[1][x] + rows[2][x] + rows[3][x] + rows[4][x];
  }
}

LATENT_VECTORISED
void mean_of_five(const float* sums, std::size_t samples, float* means) {
  for (std::size_t x = 0; x < samples; ++x) {
    means[x] = (sums[x] + sums[x + 3] + sums[x + 6] + sums[x + 9] + sums[x + 12]) * 0.04F;
  }
}

LATENT_VECTORISED
void split(const float* pixels, std::size_t count, float* red, float* green, float* blue) {
  for (std::size_t x = 0; x < count; ++x) {
    red[x] = pixels[3 * x];
    green[x] = pixels[3 * x + 1];
    blue[x] = pixels[3 * x + 2];
  }
}

LATENT_VECTORISED
void join(const float* red, const float* green, const float* blue, std::size_t count,
          float* pixels) {
  for (std::size_t x = 0; x < count; ++x) {
    pixels[3 * x] = red[x];
    pixels[3 * x + 1] = green[x];
    pixels[3 * x + 2] = blue[x];
  }
}

}  // namespace

float NoiseLevel::at(int channel, float brightness) const {
  const Nodes& nodes = sigma[static_cast<std::size_t>(channel)];
  float value = 0;
  levels_at(nodes, &brightness, 1, &value);
  return value;
}

NoiseLevel NoiseLevel::uniform(float sigma) {
  NoiseLevel level;
  for (auto& channel : level.sigma) channel.fill(sigma);
  level.confidence = 1;
  level.estimated = false;
  return level;
}

float NoiseLevel::overall() const {
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < kLevelNodes; ++i) {
      const auto value = static_cast<double>(sigma[c][i]);
      sum += static_cast<double>(shown[c][i]) * value * value;
    }
  }
  return static_cast<float>(std::sqrt(sum / 3.0));
}

NoiseLevel told_level(const NoiseLevel& level) {
  constexpr float kFine = 0.7F;
  constexpr float kCoarse = 0.3F;
  constexpr float kCoarseTold = 2.0F;
  NoiseLevel told = level;
  if (!level.estimated) return told;
  for (std::size_t c = 0; c < 3; ++c) {
    const float coarse = static_cast<float>(1.0 - level.texture_doubt) *
                         std::clamp((kFine - level.fineness[c]) / (kFine - kCoarse), 0.0F, 1.0F);
    for (float& sigma : told.sigma[c]) sigma *= 1.0F + (kCoarseTold - 1.0F) * coarse;
  }
  return told;
}

NoiseLevel cautious_level(const NoiseLevel& level) {
  constexpr double kSure = 0.35;
  constexpr double kDoubtful = 0.05;
  constexpr float kHarmless = 1.5F / 255.0F;
  constexpr float kMostRaised = 3.0F;
  constexpr float kLeast = 1e-5F;
  constexpr double kSeemsTexture = 0.01;
  constexpr float kAllShared =
      0.08F;  // of TextureLook::apart: what rounding leaves of clean texture
  constexpr float kSomeApart = 0.16F;
  const bool textured = level.texture_doubt > kSeemsTexture;
  if (!level.estimated || (level.confidence >= kSure && !textured)) return level;
  const auto trust = static_cast<float>(
      std::clamp((level.confidence - kDoubtful) / (kSure - kDoubtful), 0.0, 1.0));
  const float otherwise = std::min(kHarmless, kMostRaised * level.overall());
  if (!(otherwise > kLeast)) return level;
  const auto believed = static_cast<float>(1.0 - level.texture_doubt);
  NoiseLevel cautious = level;
  for (std::size_t c = 0; c < 3; ++c) {
    for (float& sigma : cautious.sigma[c]) {
      sigma = std::max(sigma, kLeast);
      const float noisy =
          std::clamp((level.apart[c] - kAllShared) / (kSomeApart - kAllShared), 0.0F, 1.0F);
      const float at_least = std::min(sigma, std::max(otherwise * noisy, sigma * level.apart[c]));
      sigma = std::pow(sigma, trust) * std::pow(otherwise, 1.0F - trust);
      if (textured && sigma > at_least) {
        sigma = std::pow(sigma, believed) * std::pow(at_least, 1.0F - believed);
      }
    }
  }
  return cautious;
}

LevelInterval interval_of(const NoiseLevel& level) {
  constexpr float kSure = 0.1F;
  const float overall = level.overall();
  if (!level.estimated) return {overall, overall};
  const auto doubt = static_cast<float>(1.0 - std::clamp(level.confidence, 0.0, 1.0));
  const float error = kSure + (1.0F - kSure) * doubt * doubt;
  const float least = overall * (1.0F - error);
  if (level.texture_doubt == 0) return {least, overall * (1.0F + error)};
  return {std::min(least, cautious_level(level).overall()), overall * (1.0F + error)};
}

namespace {

/// Which share of the blocks of a channel lies around each node.
Nodes shares_of(const LevelBlocks& blocks, std::size_t channel) {
  Nodes shares{};
  for (const auto& block : blocks) {
    const float node = std::floor(block[channel].mean * kLevelNodes);
    if (!std::isfinite(node)) continue;
    shares[static_cast<std::size_t>(std::clamp(node, 0.0F, kLevelNodes - 1.0F))] += 1.0F;
  }
  const float all = std::accumulate(shares.begin(), shares.end(), 0.0F);
  for (float& share : shares) share = all > 0 ? share / all : 1.0F / kLevelNodes;
  return shares;
}

}  // namespace

Result<NoiseLevel> estimate_level(Size picture, const ReadArea& read, int threads) {
  LATENT_TRY(const LevelBlocks blocks, measure_level_blocks(picture, read, threads));
  std::array<std::vector<LevelPoint>, 3> points;
  double used = 0;
  NoiseLevel level;
  for (int c = 0; c < 3; ++c) {
    auto& of_channel = points[static_cast<std::size_t>(c)];
    double fineness = 1;
    of_channel = level_points(blocks, c, &fineness);
    level.fineness[static_cast<std::size_t>(c)] = static_cast<float>(fineness);
    level.shown[static_cast<std::size_t>(c)] = shares_of(blocks, static_cast<std::size_t>(c));
    for (const LevelPoint& point : of_channel) used += point.blocks;
  }
  const LevelCurves curves = fit_level(points);
  level.sigma = curves.sigma;
  const double disagreement = curves.spread / kDoubtfulSpread;
  level.confidence = used / (used + kDoubtfulBlocks) / (1.0 + disagreement * disagreement);
  return level;
}

void level_planes(const NoiseLevel& level, ImageView<const float> rgb, ImageView<float> out) {
  const auto width = static_cast<std::size_t>(out.width());
  std::vector<float> sums(3 * (width + 4));
  std::vector<float> means(3 * width);
  std::array<std::vector<float>, 3> planes;
  for (auto& plane : planes) plane.resize(2 * width);
  for (int y = 0; y < out.height(); ++y) {
    std::array<const float*, 5> rows{};
    for (std::size_t k = 0; k < rows.size(); ++k) {
      rows[k] = rgb.row(y + static_cast<int>(k)).data();
    }
    add_rows(rows, sums.size(), sums.data());
    mean_of_five(sums.data(), means.size(), means.data());
    split(means.data(), width, planes[0].data(), planes[1].data(), planes[2].data());
    for (std::size_t c = 0; c < 3; ++c) {
      levels_at(level.sigma[c], planes[c].data(), width, planes[c].data() + width);
    }
    join(planes[0].data() + width, planes[1].data() + width, planes[2].data() + width, width,
         out.row(y).data());
  }
}

}  // namespace latent::rgb
