// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/estimate_noise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>
#include <vector>

#include "raw/noise_blocks.h"
#include "raw/noise_fit.h"

namespace latent::raw {

namespace {

constexpr double kLeastGain = 1e-7;   // ten million electrons
constexpr double kFlattest = 0.08;    // the share of blocks of one brightness that is kept at first
constexpr std::size_t kFewest = 24;   // blocks of one brightness
constexpr double kModelError = 0.04;  // of a variance, beside its statistical error
constexpr double kMostTexture = 0.6;  // of a variance, that is taken off as texture
constexpr double kDoubtfulBlocks = 100;
constexpr double kDoubtfulSpread = 0.1;             // of sigma
constexpr std::array kPasses{16384, 16384, 65536};  // blocks, at most

using Group = std::vector<const NoiseBlock*>;  ///< blocks of one brightness, flattest first

struct Energies {
  double low = 0;
  double middle = 0;
  double high = 0;
  double light = 0;
  double weight = 0;
  std::size_t blocks = 0;
};

template <float NoiseBlock::*kField>
float median(std::span<const NoiseBlock* const> blocks) {
  std::vector<float> values;
  for (const NoiseBlock* block : blocks) values.push_back(block->*kField);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Means without the blocks that hold a hot site or an edge.
Energies mean_energies(std::span<const NoiseBlock* const> blocks) {
  const float most_high = 4.0F * median<&NoiseBlock::high>(blocks);
  const float most_middle = 4.0F * median<&NoiseBlock::middle>(blocks);
  Energies mean;
  for (const NoiseBlock* block : blocks) {
    if (block->high > most_high || block->middle > most_middle) continue;
    mean.low += static_cast<double>(block->low);
    mean.middle += static_cast<double>(block->middle);
    mean.high += static_cast<double>(block->high);
    mean.light += static_cast<double>(block->light);
    mean.weight += static_cast<double>(block->weight);
    ++mean.blocks;
  }
  if (mean.blocks == 0) return mean;
  const auto count = static_cast<double>(mean.blocks);
  for (double* value : {&mean.low, &mean.middle, &mean.high, &mean.light, &mean.weight}) {
    *value /= count;
  }
  return mean;
}

/// Variance of the mean of `high`; blocks overlap, hence twice what independent ones would have.
double error_of(const Energies& mean, int high_coefficients) {
  const double degrees = static_cast<double>(mean.blocks) * high_coefficients;
  return degrees > 0 ? 4.0 * mean.high * mean.high / degrees : 0.0;
}

/// What texture has added to `flat.high`, by how energies grow from the flattest blocks to busier
/// ones: a block that has more in the middle has this much more on top.
double texture_by_busyness(const Energies& flat, const Energies& busier, double error) {
  const double rise_high = busier.high - flat.high;
  const double rise_middle = busier.middle - flat.middle;
  const double excess = flat.middle - flat.high;
  if (rise_high <= 0 || rise_middle * rise_middle <= 8 * error) return 0;
  if (excess <= 2 * std::sqrt(2 * error)) return 0;
  const double ratio =
      std::min(kMostTexture, rise_high * rise_middle / (rise_middle * rise_middle + 8 * error));
  return ratio * excess / (1 - ratio);
}

/// The same by how energies fall from low over middle to high frequencies, taken to go on as they
/// do (Aitken's extrapolation).
double texture_by_frequency(const Energies& flat, double error) {
  const double first_fall = flat.low - flat.middle;
  const double second_fall = flat.middle - flat.high;
  if (second_fall <= 3 * std::sqrt(2 * error) || first_fall <= second_fall) return 0;
  return second_fall * second_fall / (first_fall - 0.7 * second_fall);
}

/// The noise of the flattest blocks of a group.
NoisePoint point_of(const Group& group, int high_coefficients, double rounding, std::size_t& used) {
  const std::span<const NoiseBlock* const> all(group);
  std::size_t kept = std::min(
      std::max(kFewest, static_cast<std::size_t>(kFlattest * static_cast<double>(all.size()))),
      (all.size() + 1) / 2);
  Energies flat = mean_energies(all.first(kept));
  // Where the next ones look no busier, take them too.
  while (kept * 4 < all.size()) {
    const Energies next = mean_energies(all.subspan(kept, kept));
    const double step = std::sqrt(2 * error_of(flat, high_coefficients));
    if (next.high - flat.high > step || next.middle - flat.middle > 1.5 * step) break;
    kept *= 2;
    flat = mean_energies(all.first(kept));
  }
  const double error = error_of(flat, high_coefficients);
  const Energies busier = mean_energies(all.subspan(kept, std::min(3 * kept, all.size() - kept)));
  const double texture = std::min(
      std::max(texture_by_busyness(flat, busier, error), texture_by_frequency(flat, error)),
      kMostTexture * flat.high);
  used += flat.blocks;
  // Where noise is less than a count, rounding eats it or passes it on as it likes.
  const double least = rounding * flat.weight;
  const double variance = std::max(flat.high - texture, least);
  const double relative_error = error / (variance * variance);
  const double texture_doubt = 0.5 * texture / variance;
  const double rounding_doubt = least / variance;
  return {std::max(flat.light, 1e-5), flat.weight, variance,
          1.0 / (relative_error + kModelError * kModelError + texture_doubt * texture_doubt +
                 rounding_doubt * rounding_doubt)};
}

/// Blocks by brightness, even steps of its root, each group flattest first.
std::vector<Group> group_by_brightness(const NoiseBlocks& measured) {
  Group blocks;
  for (const NoiseBlock& block : measured.blocks) {
    if (block.largest < measured.cut_above) blocks.push_back(&block);
  }
  if (blocks.empty()) return {};
  const std::size_t count = blocks.size();
  const std::size_t groups = count >= 6000 ? std::clamp<std::size_t>(count / 1000, 6, 24)
                                           : std::clamp<std::size_t>(count / 150, 1, 6);
  std::vector<float> roots;
  for (const NoiseBlock* block : blocks) roots.push_back(std::sqrt(std::max(block->mean, 0.0F)));
  std::vector<float> sorted = roots;
  std::sort(sorted.begin(), sorted.end());
  const float first = sorted[count / 500];
  const float last = sorted[count - 1 - count / 500];
  const float step = std::max((last - first) / static_cast<float>(groups), 1e-6F);
  std::vector<Group> result(groups);
  for (std::size_t k = 0; k < count; ++k) {
    const float at = (roots[k] - first) / step;
    if (at < 0.0F || roots[k] > last) continue;
    result[std::min(static_cast<std::size_t>(at), groups - 1)].push_back(blocks[k]);
  }
  for (Group& group : result) {
    std::stable_sort(
        group.begin(), group.end(),
        [](const NoiseBlock* one, const NoiseBlock* other) { return one->choice < other->choice; });
  }
  return result;
}

/// Whether noise of (a, b) leaves the block untouched by the cuts.
bool clear_of_cuts(const NoiseBlock& block, const NoiseBlocks& measured, const NoiseFit& fit) {
  const auto sigma = [&](float x) {
    return std::sqrt(fit.a * static_cast<double>(std::max(x, 0.0F)) + fit.b);
  };
  return static_cast<double>(block.brightest) + 3 * sigma(block.brightest) <
             static_cast<double>(measured.cut_above) &&
         static_cast<double>(block.darkest) - 2 * sigma(block.darkest) >
             static_cast<double>(measured.cut_below);
}

struct Found {
  NoiseFit fit;
  std::size_t blocks = 0;
};

Found fit_blocks(const NoiseBlocks& measured, double rounding, double iso) {
  const std::vector<Group> groups = group_by_brightness(measured);
  Found found{fit_noise({}, rounding), 0};
  for (int round = 0; round < 3; ++round) {
    std::vector<NoisePoint> points;
    std::size_t used = 0;
    for (const Group& group : groups) {
      Group clear;
      std::copy_if(group.begin(), group.end(), std::back_inserter(clear), [&](const auto* block) {
        return round == 0 || clear_of_cuts(*block, measured, found.fit);
      });
      if (clear.size() < 16) continue;
      points.push_back(point_of(clear, measured.high_coefficients, rounding, used));
    }
    if (points.empty()) break;
    found = {fit_noise(points, rounding, iso), used};
  }
  return found;
}

double confidence_in(const Found& found) {
  const auto blocks = static_cast<double>(found.blocks);
  const double disagreement = found.fit.spread / kDoubtfulSpread;
  return blocks / (blocks + kDoubtfulBlocks) / (1.0 + disagreement * disagreement);
}

double rounding_variance(const Mosaic& mosaic) {
  double range = 1.0;
  for (int y = 0; y < mosaic.levels.black.period.height; ++y) {
    for (int x = 0; x < mosaic.levels.black.period.width; ++x) {
      const auto colour = static_cast<std::size_t>(mosaic.cfa.at(x, y));
      range = std::max(
          range, static_cast<double>(mosaic.levels.white[colour] - mosaic.levels.black.at(x, y)));
    }
  }
  return 1.0 / (12.0 * range * range);
}

}  // namespace

Result<NoiseEstimate> estimate_noise(const Mosaic& mosaic, int threads) {
  const double rounding = rounding_variance(mosaic);
  Found found{fit_noise({}, rounding), 0};
  BlockSampling sampling;
  sampling.threads = threads;
  for (const int blocks : kPasses) {
    sampling.at_most = blocks;
    LATENT_TRY(const NoiseBlocks measured, measure_blocks(mosaic, sampling));
    found = fit_blocks(measured, rounding, mosaic.camera.iso);
    if (!(found.fit.a > kLeastGain)) break;
    sampling.read_to_shot = std::clamp(found.fit.b / found.fit.a, 1e-4, 1.0);
  }
  NoiseEstimate estimate;
  estimate.model.a.fill(kLeastGain);
  estimate.model.b.fill(rounding);
  estimate.model.origin = NoiseModel::Origin::Estimated;
  if (found.fit.a > kLeastGain) {
    estimate.model.a.fill(found.fit.a);
    estimate.model.b.fill(found.fit.b);
    estimate.blocks_used = static_cast<int>(found.blocks);
    estimate.confidence = confidence_in(found);
  } else {
    estimate.blocks_without_noise = static_cast<int>(found.blocks);
  }
  return estimate;
}

}  // namespace latent::raw
