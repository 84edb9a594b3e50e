// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/remaining_noise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace latent::raw {

namespace {

constexpr int kBlockWidth = 64;
constexpr int kBlockHeight = 16;
constexpr int kRowStep = 4;  ///< every fourth row is enough, and costs a quarter
constexpr double kFlattest = 0.1;
constexpr double kLeastFraction = 0.01;

double squared_second_difference(double before, double at, double after) {
  const double difference = before - 2.0 * at + after;
  return difference * difference;
}

}  // namespace

RemainingNoise::RemainingNoise(const Mosaic& mosaic)
    : width_(mosaic.active.width),
      distance_(mosaic.cfa.period().width),
      blocks_across_(static_cast<std::size_t>(std::max(1, mosaic.active.width / kBlockWidth))) {
  const auto down = static_cast<std::size_t>(mosaic.active.height / kBlockHeight + 1);
  source_energy_.assign(blocks_across_ * down, 0.0);
  result_energy_.assign(blocks_across_ * down, 0.0);
}

void RemainingNoise::add_row(int y, const std::uint16_t* source, const float* result) {
  if (y % kRowStep != 0) return;
  const std::size_t first = static_cast<std::size_t>(y / kBlockHeight) * blocks_across_;
  for (std::size_t block = 0; block < blocks_across_; ++block) {
    const int begin = std::max(distance_, static_cast<int>(block) * kBlockWidth);
    const int end = std::min(width_ - distance_, static_cast<int>(block + 1) * kBlockWidth);
    double of_source = 0;
    double of_result = 0;
    for (int x = begin; x < end; ++x) {
      of_source +=
          squared_second_difference(source[x - distance_], source[x], source[x + distance_]);
      of_result += squared_second_difference(static_cast<double>(result[x - distance_]),
                                             static_cast<double>(result[x]),
                                             static_cast<double>(result[x + distance_]));
    }
    source_energy_[first + block] += of_source;
    result_energy_[first + block] += of_result;
  }
}

double RemainingNoise::fraction() const {
  std::vector<std::size_t> blocks;
  for (std::size_t i = 0; i < source_energy_.size(); ++i) {
    if (source_energy_[i] > 0.0) blocks.push_back(i);  // else clipped, or not there
  }
  if (blocks.empty()) return 1.0;
  const auto count = std::max<std::size_t>(
      1, static_cast<std::size_t>(kFlattest * static_cast<double>(blocks.size())));
  std::nth_element(
      blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(count - 1), blocks.end(),
      [this](std::size_t a, std::size_t b) { return result_energy_[a] < result_energy_[b]; });
  double source = 0;
  double result = 0;
  for (std::size_t i = 0; i < count; ++i) {
    source += source_energy_[blocks[i]];
    result += result_energy_[blocks[i]];
  }
  return std::clamp(std::sqrt(result / source), kLeastFraction, 1.0);
}

}  // namespace latent::raw
