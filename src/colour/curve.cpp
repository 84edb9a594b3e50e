// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/curve.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/simd.h"

namespace latent::colour {

namespace {

constexpr std::array<double, 7> kSrgb{2.4, 1 / 1.055, 0.055 / 1.055, 0, 0.04045, 1 / 12.92, 0};

/// x^exponent of positive x, relative error about 2e-7: the logarithm of the mantissa in float by
/// the series of atanh, its product with the exponent in double, where bits would be lost.
inline float power(float x, float exponent) {
  const float safe = x < 1e-30F ? 1e-30F : x;
  const auto bits = std::bit_cast<std::int32_t>(safe);
  // Mantissa in [sqrt(1/2), sqrt(2)).
  const std::int32_t octave = (bits - 0x3f3504f3) >> 23;
  const float m = std::bit_cast<float>(bits - (octave << 23));
  const float t = (m - 1.0F) / (m + 1.0F);
  const float t2 = t * t;
  const float series =
      t * t2 * (0.961796694F + t2 * (0.577078016F + t2 * (0.412198583F + t2 * 0.320598898F)));
  const double log2 = static_cast<double>(octave) + 2.8853900817779268 * static_cast<double>(t) +
                      static_cast<double>(series);
  double y = static_cast<double>(exponent) * log2;
  y = y < -125.0 ? -125.0 : (y > 125.0 ? 125.0 : y);
  const auto whole = static_cast<std::int32_t>(y + (y < 0 ? -0.5 : 0.5));
  const auto f = static_cast<float>(y - static_cast<double>(whole));
  const float tail =
      f *
      (0.693147182F +
       f * (0.240226507F + f * (0.0555041087F + f * (0.00961812911F +
                                                     f * (0.00133335581F + f * 0.000154035304F)))));
  return std::bit_cast<float>((whole + 127) << 23) * (1.0F + tail);
}

struct Floats {
  float g, a, b, c, d, e, f;
};

LATENT_VECTORISED
void parametric_forward(const Floats& p, float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const float size = std::fabs(values[i]);
    const float curved = power(p.a * size + p.b, p.g) + p.c;
    const float straight = p.e * size + p.f;
    const float y = size >= p.d ? curved : straight;
    // Odd symmetry about the value at 0, which is f where d > 0.
    const float zero = p.d > 0.0F ? p.f : p.c;
    values[i] = values[i] < 0.0F ? 2.0F * zero - y : y;
  }
}

/// `border`: light at x = d.
LATENT_VECTORISED
void parametric_inverse(const Floats& p, float border, float* values, std::size_t count) {
  const float zero = p.d > 0.0F ? p.f : p.c;
  const float root = 1.0F / p.g;
  const float back = 1.0F / p.a;
  const float flat = p.e > 0.0F ? 1.0F / p.e : 0.0F;
  for (std::size_t i = 0; i < count; ++i) {
    const bool below = values[i] < zero;
    const float y = below ? 2.0F * zero - values[i] : values[i];
    const float base = y - p.c;
    const float curved = base > 0.0F ? (power(base, root) - p.b) * back : -p.b * back;
    const float straight = (y - p.f) * flat;
    const float x = y >= border ? curved : straight;
    values[i] = below ? -x : x;
  }
}

bool monotone(const std::array<double, 7>& p) {
  const auto& [g, a, b, c, d, e, f] = p;
  for (const double value : p) {
    if (!std::isfinite(value) || std::fabs(value) > 1e4) return false;
  }
  if (g < 0.05 || g > 20 || a <= 0 || e < 0 || d < 0 || d > 1) return false;
  if (d > 0 && e <= 0) return false;
  const double start = a * d + b;
  if (start < -1e-9) return false;
  const double left = e * d + f;
  const double right = std::pow(std::max(0.0, start), g) + c;
  return d == 0 || std::fabs(left - right) < 0.01;
}

}  // namespace

Curve Curve::parametric(const std::array<double, 7>& gabcdef) {
  Curve curve;
  if (!monotone(gabcdef)) {
    curve.ok_ = false;
    return curve;
  }
  const auto& [g, a, b, c, d, e, f] = gabcdef;
  const bool plain = a == 1 && b == 0 && c == 0;
  if (plain && std::fabs(g - 1) < 1e-6 && (d == 0 || (e == 1 && f == 0))) return curve;
  curve.kind_ = Kind::Parametric;
  curve.p_ = gabcdef;
  // The curve of sRGB is written with a few digits more or less.
  double apart = 0;
  for (int i = 0; i <= 64; ++i) {
    Curve exact;
    exact.kind_ = Kind::Parametric;
    exact.p_ = kSrgb;
    apart = std::max(apart, std::fabs(curve.exact(i / 64.0) - exact.exact(i / 64.0)));
  }
  if (apart < 2e-5) curve.p_ = kSrgb;
  return curve;
}

Curve Curve::srgb() { return parametric(kSrgb); }

Curve Curve::gamma(double exponent) { return parametric({exponent, 1, 0, 0, 0, 0, 0}); }

double Curve::exact(double x) const {
  const auto& [g, a, b, c, d, e, f] = p_;
  return x >= d ? std::pow(std::max(0.0, a * x + b), g) + c : e * x + f;
}

Curve Curve::table(const std::vector<std::uint16_t>& entries) {
  Curve curve;
  const std::size_t count = entries.size();
  if (count < 2 || !std::is_sorted(entries.begin(), entries.end()) ||
      entries.front() == entries.back()) {
    curve.ok_ = false;
    return curve;
  }
  const double last = static_cast<double>(count - 1);
  // What it might be: the power through its middle, or the curve of sRGB.
  std::vector<Curve> guesses{Curve{}, srgb()};
  const double middle = entries[count / 2] / 65535.0;
  const double at = static_cast<double>(count / 2) / last;
  if (middle > 0 && middle < 1 && at < 1) {
    guesses.push_back(gamma(std::log(middle) / std::log(at)));
  }
  for (const Curve& guess : guesses) {
    double apart = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double x = static_cast<double>(i) / last;
      const double y = guess.is_linear() ? x : guess.exact(x);
      apart = std::max(apart, std::fabs(y - entries[i] / 65535.0));
    }
    if (guess.ok_ && apart < (count > 2 ? 2.5 : 0.5) / 65535.0) return guess;
  }
  curve.kind_ = Kind::Table;
  for (const std::uint16_t entry : entries) {
    curve.nodes_.push_back(static_cast<float>(entry) / 65535.0F);
  }
  const double slope = (curve.nodes_[count - 1] - curve.nodes_[count - 2]) * last;
  curve.end_power_ =
      static_cast<float>(std::clamp(slope / std::max(0.01F, curve.nodes_.back()), 0.2, 8.0));
  // The inverse begins its walk at most a step away.
  constexpr std::size_t kFinder = 4096;
  std::size_t node = 0;
  for (std::size_t i = 0; i <= kFinder; ++i) {
    const float level = curve.nodes_.front() + (curve.nodes_.back() - curve.nodes_.front()) *
                                                   static_cast<float>(i) / float{kFinder};
    while (node + 1 < count && curve.nodes_[node + 1] <= level) ++node;
    curve.finder_.push_back(static_cast<std::uint32_t>(node));
  }
  return curve;
}

float Curve::table_forward(float x) const {
  const float size = std::fabs(x);
  const std::size_t last = nodes_.size() - 1;
  float y = 0;
  if (size >= 1.0F) {
    y = nodes_.back() * power(size, end_power_);
  } else {
    const float place = size * static_cast<float>(last);
    const auto node = std::min(static_cast<std::size_t>(place), last - 1);
    const float part = place - static_cast<float>(node);
    y = nodes_[node] + (nodes_[node + 1] - nodes_[node]) * part;
  }
  return x < 0 ? 2 * nodes_.front() - y : y;
}

float Curve::table_inverse(float y) const {
  const float zero = nodes_.front();
  const bool below = y < zero;
  const float level = below ? 2 * zero - y : y;
  const std::size_t last = nodes_.size() - 1;
  float x = 0;
  if (level >= nodes_.back()) {
    x = power(level / nodes_.back(), 1.0F / end_power_);
  } else {
    const float share = (level - zero) / (nodes_.back() - zero);
    auto node = static_cast<std::size_t>(
        finder_[static_cast<std::size_t>(share * static_cast<float>(finder_.size() - 1))]);
    while (node > 0 && nodes_[node] > level) --node;
    while (node + 1 < last && nodes_[node + 1] <= level) ++node;
    const float step = nodes_[node + 1] - nodes_[node];
    const float part = step > 0 ? (level - nodes_[node]) / step : 0.0F;
    x = (static_cast<float>(node) + part) / static_cast<float>(last);
  }
  return below ? -x : x;
}

void Curve::to_light(float* values, std::size_t count) const {
  if (kind_ == Kind::Parametric) {
    const auto f = [this](std::size_t i) { return static_cast<float>(p_[i]); };
    parametric_forward({f(0), f(1), f(2), f(3), f(4), f(5), f(6)}, values, count);
  } else if (kind_ == Kind::Table) {
    for (std::size_t i = 0; i < count; ++i) values[i] = table_forward(values[i]);
  }
}

void Curve::from_light(float* values, std::size_t count) const {
  if (kind_ == Kind::Parametric) {
    const auto f = [this](std::size_t i) { return static_cast<float>(p_[i]); };
    const auto border = static_cast<float>(exact(p_[4]));
    parametric_inverse({f(0), f(1), f(2), f(3), f(4), f(5), f(6)}, border, values, count);
  } else if (kind_ == Kind::Table) {
    for (std::size_t i = 0; i < count; ++i) values[i] = table_inverse(values[i]);
  }
}

}  // namespace latent::colour
