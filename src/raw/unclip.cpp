// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/unclip.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace latent::raw {

namespace {

constexpr double kReach = 4.0;        ///< sigmas below white where clipping begins to be felt
constexpr double kLeastSigma = 1e-6;  ///< of white - black: below, nothing is to be undone
constexpr double kMostSigma = 0.5;    ///< of white - black: above, a mean would not tell the light
constexpr int kHalvings = 40;

double sigma_at(double a, double b, double x) {
  return std::sqrt(std::max(0.0, a) * std::max(0.0, x) + std::max(0.0, b));
}

/// Mean of min(1, sample) of light x. The last term is what the skewness of counted photons adds.
double clipped_mean(double a, double b, double x) {
  const double sigma = std::max(kLeastSigma, sigma_at(a, b, x));
  const double t = (1.0 - x) / sigma;
  const double density = std::exp(-0.5 * t * t) / std::sqrt(2.0 * std::numbers::pi);
  const double beyond = 0.5 * std::erfc(t / std::numbers::sqrt2);
  const double third = a * a * std::max(0.0, x);
  return x - sigma * (density - t * beyond) - third * t * density / (6.0 * sigma * sigma);
}

/// Light in [low, 1] with that mean, by halving.
double light_of(double a, double b, double mean, double low) {
  double high = 1.0;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = 0.5 * (low + high);
    (clipped_mean(a, b, middle) < mean ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// Mean of max(cut, sample) of light x >= cut; likewise.
double lifted_mean(double a, double b, double cut, double x) {
  const double sigma = std::max(kLeastSigma, sigma_at(a, b, x));
  const double t = (x - cut) / sigma;
  const double density = std::exp(-0.5 * t * t) / std::sqrt(2.0 * std::numbers::pi);
  const double beyond = 0.5 * std::erfc(t / std::numbers::sqrt2);
  const double third = a * a * std::max(0.0, x);
  return x + sigma * (density - t * beyond) - third * t * density / (6.0 * sigma * sigma);
}

}  // namespace

HighlightCurve::HighlightCurve(double black, double white, double a, double b)
    : white_(static_cast<float>(white)) {
  const double excess = std::max(1.0, sigma_at(a, b, 1.0) / kMostSigma);
  a /= excess * excess;
  b /= excess * excess;
  const double range = white - black;
  const double low = std::max(0.0, 1.0 - kReach * std::max(kLeastSigma, sigma_at(a, b, 1.0)));
  const double high = clipped_mean(a, b, 1.0);
  const double first = std::min(low, high);
  begin_ = static_cast<float>(black + first * range);
  per_count_ = static_cast<float>(kSteps / (std::max(high - first, kLeastSigma) * range));
  for (int step = 0; step <= kSteps; ++step) {
    const double mean = first + (high - first) * step / kSteps;
    const double light = step == 0 ? mean : light_of(a, b, mean, first);
    lift_[static_cast<std::size_t>(step)] = static_cast<float>((light - mean) * range);
  }
}

float HighlightCurve::light(float mean) const {
  const float place = (mean - begin_) * per_count_;
  if (!(place > 0.0F)) return mean;
  if (place >= static_cast<float>(kSteps)) return std::max(mean, white_);
  const auto step = static_cast<std::size_t>(place);
  const float share = place - static_cast<float>(step);
  return mean + lift_[step] + share * (lift_[step + 1] - lift_[step]);
}

ShadowCurve::ShadowCurve(double black, double white, double cut, double a, double b) {
  const double range = white - black;
  const double least = std::clamp((cut - black) / range, -1.0, 1.0);
  const double excess = std::max(1.0, sigma_at(a, b, least) / kMostSigma);
  a /= excess * excess;
  b /= excess * excess;
  // Where x is kReach sigmas of its own noise above the cut: x - cut = reach sqrt(a x + b).
  const double half = 0.5 * kReach * kReach * std::max(0.0, a);
  const double read = kReach * sigma_at(a, b, least);
  const double last = least + half + std::sqrt(half * half + read * read) + kLeastSigma;
  const double low = lifted_mean(a, b, least, least);
  first_ = static_cast<float>(black + low * range);
  end_ = static_cast<float>(black + last * range);
  per_count_ = static_cast<float>(kSteps / (std::max(last - low, kLeastSigma) * range));
  for (int step = 0; step <= kSteps; ++step) {
    const double mean = low + (last - low) * step / kSteps;
    double from = least;
    double to = last;
    for (int i = 0; i < kHalvings; ++i) {
      const double middle = 0.5 * (from + to);
      (lifted_mean(a, b, least, middle) < mean ? from : to) = middle;
    }
    const double light = step == kSteps ? mean : 0.5 * (from + to);
    drop_[static_cast<std::size_t>(step)] = static_cast<float>((mean - light) * range);
  }
  const double near = 1e-3 * std::max(kLeastSigma, sigma_at(a, b, least));
  const double rise = lifted_mean(a, b, least, least + near) - low;
  slope_ = static_cast<float>(std::clamp(near / std::max(rise, 1e-12), 1.0, 3.0));
}

float ShadowCurve::light(float mean) const {
  if (!(mean < end_)) return mean;
  const float place = (mean - first_) * per_count_;
  if (place <= 0.0F) return first_ - drop_[0] + (mean - first_) * slope_;
  const auto step = std::min(static_cast<std::size_t>(place), std::size_t{kSteps - 1});
  const float share = place - static_cast<float>(step);
  return mean - (drop_[step] + share * (drop_[step + 1] - drop_[step]));
}

}  // namespace latent::raw
