// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/curve.h"

#include <algorithm>
#include <cmath>

#include "base/simd.h"
#include "colour/power.h"

namespace latent::colour {

namespace {

constexpr Curve::Formula kSrgb{2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045, 0.0};
constexpr double kGreatest = 65535.0;
constexpr double kRounded = 1.0 / kGreatest;  // by how much a sampled formula may be off
constexpr std::size_t kFewestSamples = 64;
constexpr std::size_t kPlaces = 16384;  // of the index of a table
constexpr double kLeastRise = 1e-7;     // of a table, from entry to entry

/// Gammas that profiles state, the usual roundings among them.
constexpr std::array kGammas{1.8, 461.0 / 256, 563.0 / 256, 2.2, 2.4, 2.6};

double value_at(const Curve::Formula& f, double x) {
  return x < f.d ? f.c * x : std::pow(std::max(0.0, f.a * x + f.b), f.gamma) + f.e;
}

bool is_usable(const Curve::Formula& f) {
  for (const double value : {f.gamma, f.a, f.b, f.c, f.d, f.e}) {
    if (!std::isfinite(value) || std::abs(value) > 1e4) return false;
  }
  if (!(f.gamma > 0.05) || !(f.gamma < 20) || !(f.a > 1e-4) || !(f.d < 1)) return false;
  const double from = std::max(0.0, f.d);
  if (f.a * from + f.b < -1e-6 || std::abs(value_at(f, 0.0)) > 1e-6) return false;
  if (f.d <= 0) return true;
  const double gap = value_at(f, f.d) - f.c * f.d;
  return f.c > 1e-6 && std::abs(gap) < 1e-4;
}

bool is_sampled(const Curve::Formula& formula, std::span<const std::uint16_t> table) {
  const double last = static_cast<double>(table.size() - 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double x = static_cast<double>(i) / last;
    if (std::abs(value_at(formula, x) - table[i] / kGreatest) > kRounded) return false;
  }
  return true;
}

std::optional<Curve::Formula> recognised(std::span<const std::uint16_t> table) {
  if (is_sampled({}, table)) return Curve::Formula{};
  if (table.size() < kFewestSamples) return std::nullopt;  // straight lines, whatever was meant
  if (is_sampled(kSrgb, table)) return kSrgb;
  for (const double gamma : kGammas) {
    if (is_sampled({.gamma = gamma}, table)) return Curve::Formula{.gamma = gamma};
  }
  return std::nullopt;
}

struct Kernel {
  float gamma, a, b, c, threshold, e;
};

float with_sign_of(float magnitude, float signed_value) {
  return signed_value < 0.0F ? -magnitude : magnitude;
}

LATENT_VECTORISED
void formula_to_light(const Kernel& k, float* samples, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const float x = samples[i] < 0.0F ? -samples[i] : samples[i];
    const float curved = power_of(k.a * x + k.b, k.gamma) + k.e;
    const float light = x < k.threshold ? k.c * x : curved;
    samples[i] = samples[i] < 0.0F ? -light : light;
  }
}

/// x = a y'^gamma + b with y' = y - e, and x = c y below the threshold.
LATENT_VECTORISED
void formula_from_light(const Kernel& k, float* samples, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const float y = samples[i] < 0.0F ? -samples[i] : samples[i];
    const float curved = k.a * power_of(y - k.e, k.gamma) + k.b;
    const float encoded = y < k.threshold ? k.c * y : curved;
    samples[i] = samples[i] < 0.0F ? -encoded : encoded;
  }
}

}  // namespace

std::optional<Curve> Curve::from_icc_formula(int type, std::span<const double> parameters) {
  constexpr std::array<std::size_t, 5> kCounts{1, 3, 4, 5, 7};
  if (type < 0 || type > 4 || parameters.size() < kCounts[static_cast<std::size_t>(type)]) {
    return std::nullopt;
  }
  Curve curve;
  Formula& f = curve.formula_;
  f.gamma = parameters[0];
  if (type > 0) {
    f.a = parameters[1];
    f.b = parameters[2];
  }
  if (type == 1 || type == 2) {  // constant below -b / a: only where that is 0
    if (std::abs(f.b) > 1e-9) return std::nullopt;
    if (type == 2) f.e = parameters[3];
  }
  if (type >= 3) {
    f.c = parameters[3];
    f.d = parameters[4];
  }
  if (type == 4) {
    f.e = parameters[5];
    if (f.d > 0 && std::abs(parameters[6]) > 1e-6) return std::nullopt;
  }
  if (!is_usable(f)) return std::nullopt;
  // The numbers of sRGB are rounded in a file.
  const auto near = [](double one, double other) { return std::abs(one - other) < 2e-5; };
  if (near(f.gamma, kSrgb.gamma) && near(f.a, kSrgb.a) && near(f.b, kSrgb.b) &&
      near(f.c, kSrgb.c) && near(f.d, kSrgb.d) && near(f.e, kSrgb.e)) {
    f = kSrgb;
  }
  return curve;
}

std::optional<Curve> Curve::from_table(std::span<const std::uint16_t> table) {
  if (table.size() < 2 || !std::is_sorted(table.begin(), table.end())) return std::nullopt;
  Curve curve;
  if (const auto formula = recognised(table)) {
    curve.formula_ = *formula;
    return curve;
  }
  if (table.back() < 32768 || table.front() > 1024) return std::nullopt;
  const std::size_t flat =
      static_cast<std::size_t>(std::count(table.begin(), table.end(), table.front()) +
                               std::count(table.begin(), table.end(), table.back()));
  if (flat > table.size() / 2 + 2) return std::nullopt;
  // Through 0, so that it can be odd; rising everywhere, so that there is a way back.
  double before = -kLeastRise;
  for (const std::uint16_t value : table) {
    before = std::max(before + kLeastRise, (value - table.front()) / kGreatest);
    curve.table_.push_back(before);
  }
  const double tenth = curve.table_at(0.9);
  curve.end_slope_ = std::max(0.1, (curve.table_.back() - tenth) / 0.1);
  curve.index_table();
  return curve;
}

Curve Curve::srgb() {
  Curve curve;
  curve.formula_ = kSrgb;
  return curve;
}

bool Curve::is_linear() const { return table_.empty() && formula_ == Formula{}; }

double Curve::table_at(double x) const {
  const auto last = static_cast<double>(table_.size() - 1);
  if (!(x < 1.0)) return table_.back() + end_slope_ * (x - 1.0);
  const double place = x * last;
  const auto at = std::min(static_cast<std::size_t>(place), table_.size() - 2);
  const double share = place - static_cast<double>(at);
  return table_[at] + share * (table_[at + 1] - table_[at]);
}

void Curve::index_table() {
  places_.resize(kPlaces + 1);
  std::size_t at = 0;
  for (std::size_t k = 0; k <= kPlaces; ++k) {
    const double y = table_.back() * static_cast<double>(k) / static_cast<double>(kPlaces);
    while (at + 2 < table_.size() && table_[at + 1] <= y) ++at;
    places_[k] = static_cast<std::uint32_t>(at);
  }
}

double Curve::table_inverse(double y) const {
  if (!(y < table_.back())) return 1.0 + (y - table_.back()) / end_slope_;
  const auto k = std::min(
      static_cast<std::size_t>(y / table_.back() * static_cast<double>(kPlaces)), kPlaces - 1);
  // The last entry that is not above y; rounding of k is made good by one place on either side.
  const std::size_t begin = places_[k == 0 ? 0 : k - 1];
  const std::size_t end = std::min<std::size_t>(places_[k + 1] + 2, table_.size());
  const auto above = std::upper_bound(table_.begin() + static_cast<std::ptrdiff_t>(begin),
                                      table_.begin() + static_cast<std::ptrdiff_t>(end), y);
  const auto next = std::clamp<std::size_t>(static_cast<std::size_t>(above - table_.begin()), 1,
                                            table_.size() - 1);
  const double share = (y - table_[next - 1]) / (table_[next] - table_[next - 1]);
  return (static_cast<double>(next - 1) + share) / static_cast<double>(table_.size() - 1);
}

void Curve::to_light(float* samples, std::size_t count) const {
  if (is_linear()) return;
  if (table_.empty()) {
    const Formula& f = formula_;
    const auto single = [](double value) { return static_cast<float>(value); };
    return formula_to_light(
        {single(f.gamma), single(f.a), single(f.b), single(f.c), single(f.d), single(f.e)}, samples,
        count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double light = table_at(std::abs(static_cast<double>(samples[i])));
    samples[i] = with_sign_of(static_cast<float>(light), samples[i]);
  }
}

void Curve::from_light(float* light, std::size_t count) const {
  if (is_linear()) return;
  if (table_.empty()) {
    const Formula& f = formula_;
    const auto single = [](double value) { return static_cast<float>(value); };
    const double threshold = f.d > 0 ? value_at(f, f.d) : 0.0;
    return formula_from_light({single(1.0 / f.gamma), single(1.0 / f.a), single(-f.b / f.a),
                               single(1.0 / f.c), single(threshold), single(f.e)},
                              light, count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double encoded = table_inverse(std::abs(static_cast<double>(light[i])));
    light[i] = with_sign_of(static_cast<float>(encoded), light[i]);
  }
}

}  // namespace latent::colour
