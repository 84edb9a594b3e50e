// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/tone_bias.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace latent::rgb {

namespace {

constexpr std::size_t kLights = 47;  // of a curve, even steps of the encoded value
constexpr double kBrightest = 1.15;  // beyond white, so that means near white have a light
constexpr std::size_t kPlaces = 33;  // of the normal distribution
constexpr double kFarthest = 4.0;    // sigmas
constexpr std::size_t kStrengths = 28;
constexpr double kLeastSigma = 3e-3;  // of light, at kTypical
constexpr double kMostSigma = 0.3;
constexpr double kTypical = 0.2;
constexpr std::array kReadShares{0.0, 0.02, 0.08, 0.2, 0.4, 0.7, 1.0};  // of the variance there
constexpr double kUnseen = 0.3;  // cost of a brightness that such noise never shows
constexpr float kNone = 5.0F / 255.0F;
constexpr float kAll = 8.0F / 255.0F;
constexpr float kWhite = 0.9F;
constexpr float kCoarse = 0.75F;
constexpr float kMost = 9.0F / 255.0F;

double encoded(double light) {
  if (light <= 0) return 0;
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

double linearised(double value) {
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double light_at(std::size_t i) {
  return kBrightest * static_cast<double>(i) / static_cast<double>(kLights - 1);
}

/// What noise of one (a, b) becomes behind the curve, by the encoded light.
struct Bent {
  std::array<double, kLights> mean{};
  std::array<double, kLights> sigma{};
};

/// Mean and sigma of noise around one light, bent and cut.
void bend(double light, double sigma, double& mean, double& spread) {
  double weights = 0;
  double sum = 0;
  double squares = 0;
  for (std::size_t k = 0; k < kPlaces; ++k) {
    const double z = kFarthest * (2.0 * static_cast<double>(k) / (kPlaces - 1) - 1.0);
    const double weight = std::exp(-0.5 * z * z);
    const double value = std::min(1.0, encoded(light + sigma * z));
    weights += weight;
    sum += weight * value;
    squares += weight * value * value;
  }
  mean = sum / weights;
  spread = std::sqrt(std::max(0.0, squares / weights - mean * mean));
}

/// All noises that are compared with a level.
const std::vector<Bent>& all_bent() {
  static const std::vector<Bent> all = [] {
    std::vector<Bent> made;
    for (std::size_t strength = 0; strength < kStrengths; ++strength) {
      const double share = static_cast<double>(strength) / (kStrengths - 1);
      const double sigma = kLeastSigma * std::pow(kMostSigma / kLeastSigma, share);
      for (const double read : kReadShares) {
        Bent bent;
        for (std::size_t i = 0; i < kLights; ++i) {
          const double light = linearised(light_at(i));
          const double variance = sigma * sigma * (read + (1 - read) * light / kTypical);
          bend(light, std::sqrt(variance), bent.mean[i], bent.sigma[i]);
        }
        made.push_back(bent);
      }
    }
    return made;
  }();
  return all;
}

/// `of` at the place where the mean is `mean`, linear between.
double at_mean(const Bent& bent, const std::array<double, kLights>& of, double mean) {
  const auto above = std::ranges::lower_bound(bent.mean, mean);
  if (above == bent.mean.begin()) return of.front();
  if (above == bent.mean.end()) return of.back();
  const auto i = static_cast<std::size_t>(above - bent.mean.begin());
  const double step = bent.mean[i] - bent.mean[i - 1];
  const double share = step > 0 ? (mean - bent.mean[i - 1]) / step : 0;
  return of[i - 1] + share * (of[i] - of[i - 1]);
}

/// How little noise in light, behind the curve, looks like the level of a channel.
double unlikeness(const Bent& bent, const NoiseLevel& level, std::size_t channel) {
  constexpr double kLeast = 1e-4;
  double cost = 0;
  for (std::size_t i = 0; i < kLevelNodes; ++i) {
    const auto shown = static_cast<double>(level.shown[channel][i]);
    const double brightness = (static_cast<double>(i) + 0.5) / kLevelNodes;
    if (brightness <= bent.mean.front() || brightness >= bent.mean.back()) {
      cost += shown * kUnseen;
      continue;
    }
    const double seen = std::max(kLeast, at_mean(bent, bent.sigma, brightness));
    const auto wanted = std::max(kLeast, static_cast<double>(level.sigma[channel][i]));
    const double off = std::log(seen / wanted);
    cost += shown * off * off;
  }
  return cost;
}

struct Weighed {
  const Bent* bent;
  double weight;
};

/// The noises in light that look most like the level of a channel, by how much they do; together 1.
/// One alone would jump to the next where the level grows.
std::vector<Weighed> most_like(const NoiseLevel& level, std::size_t channel) {
  constexpr double kMild = 0.02;  // of the square of a logarithm
  constexpr double kNothing = 1e-3;
  std::vector<Weighed> all;
  double least = std::numeric_limits<double>::infinity();
  for (const Bent& bent : all_bent()) {
    all.push_back({&bent, unlikeness(bent, level, channel)});
    least = std::min(least, all.back().weight);
  }
  for (Weighed& one : all) one.weight = std::exp((least - one.weight) / kMild);
  std::erase_if(all, [](const Weighed& one) { return one.weight < kNothing; });
  double sum = 0;
  for (const Weighed& one : all) sum += one.weight;
  for (Weighed& one : all) one.weight /= sum;
  return all;
}

float ramp(float value, float none, float all) {
  return std::clamp((value - none) / (all - none), 0.0F, 1.0F);
}

/// Light minus mean of one channel at every node, with all bounds but those of other channels.
std::array<float, ToneShift::kNodes> shift_of(const NoiseLevel& level, std::size_t channel) {
  std::array<double, kLights> lights{};
  for (std::size_t i = 0; i < kLights; ++i) lights[i] = light_at(i);
  const std::vector<Weighed> alike = most_like(level, channel);
  const float coarse = ramp(level.fineness[channel], kWhite, kCoarse);
  std::array<float, ToneShift::kNodes> shift{};
  for (std::size_t i = 0; i < ToneShift::kNodes; ++i) {
    const double value = static_cast<double>(i) / (ToneShift::kNodes - 1);
    double light = 0;
    for (const Weighed& one : alike) {
      light += one.weight * std::min(1.0, at_mean(*one.bent, lights, value));
    }
    const float sigma = level.at(static_cast<int>(channel), static_cast<float>(value));
    shift[i] = ramp(sigma, kNone, kAll) * coarse *
               std::clamp(static_cast<float>(light - value), -kMost, kMost);
  }
  return shift;
}

}  // namespace

float ToneShift::at(int channel, float value) const {
  const auto& nodes = add[static_cast<std::size_t>(channel)];
  const float place = std::clamp(value, 0.0F, 1.0F) * (kNodes - 1);
  const auto first = std::min(static_cast<std::size_t>(place), kNodes - 2);
  const float share = place - static_cast<float>(first);
  return nodes[first] + share * (nodes[first + 1] - nodes[first]);
}

void ToneShift::lead(const float* noisy, int colours, std::size_t pixels, float share,
                     float* residual) const {
  for (std::size_t x = 0; x < pixels; ++x) {
    for (int c = 0; c < 3; ++c) {
      const std::size_t at_noisy = colours == 3 ? 3 * x + static_cast<std::size_t>(c) : x;
      float& taken = residual[3 * x + static_cast<std::size_t>(c)];
      taken -= share * at(c, noisy[at_noisy] - taken);
    }
  }
}

ToneShift tone_shift(const NoiseLevel& level) {
  ToneShift shift;
  bool any = false;
  for (std::size_t c = 0; c < 3; ++c) {
    const bool loud = std::ranges::any_of(level.sigma[c], [](float s) { return s > kNone; });
    any = any || (loud && level.fineness[c] < kWhite);
  }
  if (!any) return shift;
  for (std::size_t c = 0; c < 3; ++c) shift.add[c] = shift_of(level, c);
  for (std::size_t i = 0; i < ToneShift::kNodes; ++i) {
    for (const std::size_t c : {std::size_t{0}, std::size_t{2}}) {
      shift.add[c][i] = std::min(shift.add[c][i], std::max(0.0F, shift.add[1][i]));
    }
    for (std::size_t c = 0; c < 3; ++c) {
      shift.largest = std::max(shift.largest, std::abs(shift.add[c][i]));
    }
  }
  return shift;
}

}  // namespace latent::rgb
