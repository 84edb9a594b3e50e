// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/noise_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace latent::raw {

namespace {

// Beyond this many standard errors a point pulls with constant force.
constexpr double kPatienceAbove = 0.1;
constexpr double kPatienceBelow = 2.0;
constexpr double kUsualElectrons = 3.0;
constexpr double kUsualSpread = 0.5;     // of the logarithm
constexpr double kUnlikelySpread = 0.3;  // beyond that

struct Place {
  double log_a = 0;
  double log_electrons = 0;
  double cost = std::numeric_limits<double>::infinity();
};

double read_variance(const Place& place, double rounding) {
  const double read = std::exp(place.log_a + place.log_electrons);
  return read * read + rounding;
}

/// Read noise that is likely where a picture does not tell it.
double usual_electrons(double iso, double log_a) {
  constexpr double kLeastPerIso = 6e-8;  // of a: cameras of all sizes
  constexpr double kMostPerIso = 2e-6;
  constexpr double kAtGain = 6e-4;
  constexpr double kElectronsThere = 2.4;
  constexpr double kFalls = 0.33;  // of the logarithm, by that of the gain
  const double a = std::exp(log_a);
  if (!(iso > 0) || a < kLeastPerIso * iso || a > kMostPerIso * iso) return kUsualElectrons;
  return std::clamp(kElectronsThere * std::pow(a / kAtGain, -kFalls), 0.7, 12.0);
}

/// What is given, and what is assumed.
struct Problem {
  std::span<const NoisePoint> points;
  double rounding = 0;
  double iso = 0;
};

double cost_of(const Problem& problem, const Place& place) {
  const double a = std::exp(place.log_a);
  const double b = read_variance(place, problem.rounding);
  double cost = 0;
  for (const NoisePoint& point : problem.points) {
    const double off = std::log(point.variance / (a * point.light + b * point.weight));
    const double patience = off > 0 ? kPatienceAbove : kPatienceBelow;
    const double errors = off / patience;
    cost += patience * patience * (std::sqrt(1 + errors * errors * point.certainty) - 1);
  }
  const double usual = std::log(usual_electrons(problem.iso, place.log_a));
  const double unusual = (place.log_electrons - usual) / kUsualSpread;
  const double unlikely = std::max(0.0, unusual - 1.0) * kUsualSpread / kUnlikelySpread;
  return cost + 0.5 * (unusual * unusual + unlikely * unlikely);
}

/// How far a search goes from its centre, in steps to either side.
struct Reach {
  int log_a = 0;
  int log_electrons = 0;
};

Place best_around(const Problem& problem, const Place& centre, const Place& step,
                  const Reach& reach) {
  Place best = centre;
  for (int i = -reach.log_a; i <= reach.log_a; ++i) {
    for (int j = -reach.log_electrons; j <= reach.log_electrons; ++j) {
      Place place{centre.log_a + i * step.log_a, centre.log_electrons + j * step.log_electrons};
      place.cost = cost_of(problem, place);
      if (place.cost < best.cost) best = place;
    }
  }
  return best;
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double median_gain(std::span<const NoisePoint> points) {
  std::vector<double> gains;
  for (const NoisePoint& point : points) {
    gains.push_back(point.variance / (point.light + 1e-3 * point.weight));
  }
  return median(gains);
}

}  // namespace

NoiseFit fit_noise(std::span<const NoisePoint> points, double rounding, double iso) {
  if (points.empty()) return {0.0, rounding, 0.0};
  const Problem problem{points, rounding, iso};
  Place step{0.25, 0.3};
  // a from 1/100 to 10 times the typical gain, electrons from 0.05 to 1000.
  const Place start{std::log(median_gain(points)) - 1.0, std::log(7.0)};
  Place best = best_around(problem, start, step, {14, 17});
  for (int stage = 0; stage < 4; ++stage) {
    step.log_a /= 4;
    step.log_electrons /= 4;
    best = best_around(problem, best, step, {5, 5});
  }
  NoiseFit fit{std::exp(best.log_a), read_variance(best, rounding), 0.0};
  std::vector<double> off;
  for (const NoisePoint& point : points) {
    off.push_back(
        std::abs(std::log(point.variance / (fit.a * point.light + fit.b * point.weight))) / 2);
  }
  fit.spread = median(off);
  return fit;
}

}  // namespace latent::raw
