// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/rounding_steps.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace latent::infer {
namespace {

/// Shares of the largest value at which a range may end: of activations from the first, of weights
/// from the second on.
constexpr int kCandidates = 81;
constexpr double kLeastShare = 0.2;
constexpr double kLeastShareOfWeights = 0.6;

double share_of(int candidate) {
  return kLeastShare + (1.0 - kLeastShare) * candidate / (kCandidates - 1);
}

}  // namespace

void ActivationRange::widen(double top) {
  if (top <= largest_) return;
  if (largest_ > 0) {
    std::array<double, kBins> wider{};
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double centre = (static_cast<double>(bin) + 0.5) * (largest_ / top);
      wider[std::min(static_cast<std::size_t>(centre), kBins - 1)] += counts_[bin];
    }
    counts_ = wider;
  }
  largest_ = top;
}

void ActivationRange::add(std::span<const float> samples) {
  float top = 0;
  float least = 0;
  bool finite = true;
  for (const float sample : samples) {
    finite = finite && std::isfinite(sample);
    top = std::max(top, std::abs(sample));
    least = std::min(least, sample);
  }
  if (!finite) {
    broken_ = true;
    return;
  }
  negative_ = negative_ || least < 0;
  widen(top);
  if (!(largest_ > 0)) return;
  const double bins_per_unit = static_cast<double>(kBins) / largest_;
  for (const float sample : samples) {
    const auto bin = static_cast<std::size_t>(std::abs(double{sample}) * bins_per_unit);
    counts_[std::min(bin, kBins - 1)] += 1;
  }
}

Steps ActivationRange::steps() const {
  const double levels = negative_ ? 127 : 255;
  if (!(largest_ > 0)) return {1, negative_};
  const double bin_width = largest_ / static_cast<double>(kBins);
  double all = 0;
  for (const double count : counts_) all += count;
  double best = largest_ / levels;
  double best_error = std::numeric_limits<double>::infinity();
  for (int candidate = 0; candidate < kCandidates; ++candidate) {
    const double scale = share_of(candidate) * largest_ / levels;
    double error = 0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double centre = (static_cast<double>(bin) + 0.5) * bin_width;
      const double apart = std::min(std::round(centre / scale), levels) * scale - centre;
      error += counts_[bin] * apart * apart;
    }
    // Samples of one bin are rounded as one; the grid's own error is added where it is finer.
    if (scale < bin_width) error += all * scale * scale / 12;
    if (error < best_error) {
      best = scale;
      best_error = error;
    }
  }
  return {static_cast<float>(best), negative_};
}

RoundedWeights rounded_weights(std::span<const float> weights, std::size_t channels) {
  static constexpr double kLevels = 127;
  RoundedWeights result;
  result.values.resize(weights.size());
  const std::size_t each = channels == 0 ? 0 : weights.size() / channels;
  const auto rounded = [](float value, double scale) {
    return std::clamp(std::round(double{value} / scale), -kLevels, kLevels);
  };
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const auto of_channel = weights.subspan(channel * each, each);
    double largest = 0;
    for (const float value : of_channel) largest = std::max(largest, std::abs(double{value}));
    double best = largest > 0 ? largest / kLevels : 1.0;
    double best_error = std::numeric_limits<double>::infinity();
    for (int candidate = 0; candidate < kCandidates && largest > 0; ++candidate) {
      if (share_of(candidate) < kLeastShareOfWeights) continue;
      const double scale = share_of(candidate) * largest / kLevels;
      double error = 0;
      for (const float value : of_channel) {
        const double apart = rounded(value, scale) * scale - double{value};
        error += apart * apart;
      }
      if (error < best_error) {
        best = scale;
        best_error = error;
      }
    }
    // A scale that float32 cannot hold would make every weight NaN.
    const auto scale = std::max(static_cast<float>(best), std::numeric_limits<float>::min());
    result.scales.push_back(scale);
    for (std::size_t i = 0; i < each; ++i) {
      result.values[channel * each + i] =
          static_cast<std::int8_t>(rounded(of_channel[i], double{scale}));
    }
  }
  return result;
}

}  // namespace latent::infer
