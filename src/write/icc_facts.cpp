// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/icc_facts.h"

#include <cmath>
#include <cstddef>
#include <string_view>

namespace latent::write {

namespace {

using Xyz = std::array<double, 3>;
using Matrix = std::array<double, 9>;
using Bytes = std::span<const std::uint8_t>;

constexpr Xyz kD50{0.9642, 1.0, 0.8249};
constexpr Matrix kBradford{0.8951, 0.2664, -0.1614, -0.7502, 1.7135,
                           0.0367, 0.0389, -0.0685, 1.0296};

std::uint32_t number(Bytes bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  if (at > bytes.size() || bytes.size() - at < size) return 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | bytes[at + i];
  return value;
}

double s15_fixed16(Bytes bytes, std::size_t at) {
  return static_cast<std::int32_t>(number(bytes, at, 4)) / 65536.0;
}

bool has_word(Bytes bytes, std::size_t at, std::string_view word) {
  if (at > bytes.size() || bytes.size() - at < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (bytes[at + i] != static_cast<std::uint8_t>(word[i])) return false;
  }
  return true;
}

/// The content of a tag, or nothing.
Bytes tag_content(Bytes icc, std::string_view name) {
  constexpr std::size_t kTable = 128;
  constexpr std::uint32_t kMostTags = 200;
  const std::uint32_t count = number(icc, kTable, 4);
  for (std::uint32_t i = 0; i < std::min(count, kMostTags); ++i) {
    const std::size_t entry = kTable + 4 + std::size_t{i} * 12;
    if (!has_word(icc, entry, name)) continue;
    const std::size_t offset = number(icc, entry + 4, 4);
    const std::size_t size = number(icc, entry + 8, 4);
    if (offset > icc.size() || icc.size() - offset < size) return {};
    return icc.subspan(offset, size);
  }
  return {};
}

std::optional<Xyz> xyz_of(Bytes icc, std::string_view name) {
  const Bytes tag = tag_content(icc, name);
  if (tag.size() < 20 || !has_word(tag, 0, "XYZ ")) return std::nullopt;
  return Xyz{s15_fixed16(tag, 8), s15_fixed16(tag, 12), s15_fixed16(tag, 16)};
}

Xyz times(const Matrix& m, const Xyz& v) {
  Xyz out{};
  for (std::size_t i = 0; i < 3; ++i) {
    out[i] = m[3 * i] * v[0] + m[3 * i + 1] * v[1] + m[3 * i + 2] * v[2];
  }
  return out;
}

Matrix times(const Matrix& a, const Matrix& b) {
  Matrix out{};
  for (std::size_t i = 0; i < 9; ++i) {
    for (std::size_t k = 0; k < 3; ++k) out[i] += a[i / 3 * 3 + k] * b[3 * k + i % 3];
  }
  return out;
}

std::optional<Matrix> inverse(const Matrix& m) {
  const double determinant = m[0] * (m[4] * m[8] - m[5] * m[7]) -
                             m[1] * (m[3] * m[8] - m[5] * m[6]) +
                             m[2] * (m[3] * m[7] - m[4] * m[6]);
  if (!(std::abs(determinant) > 1e-6)) return std::nullopt;
  Matrix out{m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
             m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
             m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
  for (double& value : out) value /= determinant;
  return out;
}

/// From the D50 of the connection space back to the white of the device.
std::optional<Matrix> from_connection_space(Bytes icc) {
  const Bytes chad = tag_content(icc, "chad");
  if (chad.size() >= 44 && has_word(chad, 0, "sf32")) {
    Matrix to_d50{};
    for (std::size_t i = 0; i < 9; ++i) to_d50[i] = s15_fixed16(chad, 8 + 4 * i);
    return inverse(to_d50);
  }
  const Xyz white = xyz_of(icc, "wtpt").value_or(kD50);
  const Xyz from = times(kBradford, kD50);
  const Xyz to = times(kBradford, white);
  Matrix scale{};
  for (std::size_t i = 0; i < 3; ++i) scale[4 * i] = to[i] / from[i];
  const auto back = inverse(kBradford);
  if (!back) return std::nullopt;
  return times(*back, times(scale, kBradford));
}

std::array<double, 2> xy(const Xyz& colour) {
  const double sum = colour[0] + colour[1] + colour[2];
  return {colour[0] / sum, colour[1] / sum};
}

std::optional<Chromaticities> chromaticities_of(Bytes icc) {
  const auto red = xyz_of(icc, "rXYZ");
  const auto green = xyz_of(icc, "gXYZ");
  const auto blue = xyz_of(icc, "bXYZ");
  const auto adapt = from_connection_space(icc);
  if (!red || !green || !blue || !adapt) return std::nullopt;
  const Chromaticities found{xy(times(*adapt, *red)), xy(times(*adapt, *green)),
                             xy(times(*adapt, *blue)), xy(times(*adapt, kD50))};
  for (const auto& point : {found.red, found.green, found.blue, found.white}) {
    if (!(std::abs(point[0]) < 2 && std::abs(point[1]) < 2)) return std::nullopt;
  }
  return found;
}

/// A curve of the form "para" at `x`.
std::optional<double> parametric(Bytes tag, double x) {
  constexpr std::array<std::size_t, 5> kCounts{1, 3, 4, 5, 7};
  const std::size_t kind = number(tag, 8, 2);
  if (kind >= kCounts.size() || tag.size() < 12 + 4 * kCounts[kind]) return std::nullopt;
  std::array<double, 7> p{};  // g a b c d e f
  for (std::size_t i = 0; i < kCounts[kind]; ++i) p[i] = s15_fixed16(tag, 12 + 4 * i);
  const auto [g, a, b, c, d, e, f] = p;
  const double power = std::pow(std::max(0.0, a * x + b), g);
  switch (kind) {
    case 0:
      return std::pow(x, g);
    case 1:
      return a * x + b >= 0 ? power : 0;
    case 2:
      return a * x + b >= 0 ? power + c : c;
    case 3:
      return x >= d ? power : c * x;
    default:
      return x >= d ? power + e : c * x + f;
  }
}

/// The curve of a channel at `x` in 0 .. 1.
std::optional<double> curve_at(Bytes tag, double x) {
  if (has_word(tag, 0, "para")) return parametric(tag, x);
  if (!has_word(tag, 0, "curv") || tag.size() < 12) return std::nullopt;
  const std::size_t count = number(tag, 8, 4);
  if (count == 0) return x;
  if (count > (tag.size() - 12) / 2) return std::nullopt;
  if (count == 1) return std::pow(x, number(tag, 12, 2) / 256.0);
  const double at = x * static_cast<double>(count - 1);
  const auto below = std::min(static_cast<std::size_t>(at), count - 2);
  const double low = number(tag, 12 + 2 * below, 2) / 65535.0;
  const double high = number(tag, 14 + 2 * below, 2) / 65535.0;
  return low + (high - low) * (at - static_cast<double>(below));
}

double srgb_light(double x) {
  return x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
}

/// Whether all curves of the profile are `wanted` to a thousandth.
template <class Curve>
bool curves_are(Bytes icc, bool grey, Curve wanted) {
  constexpr std::array<std::string_view, 3> kColour{"rTRC", "gTRC", "bTRC"};
  constexpr double kTolerance = 1e-3;
  for (std::size_t channel = 0; channel < (grey ? 1U : 3U); ++channel) {
    const Bytes tag = tag_content(icc, grey ? "kTRC" : kColour[channel]);
    for (int step = 0; step <= 16; ++step) {
      const double x = step / 16.0;
      const auto y = curve_at(tag, x);
      if (!y || !(std::abs(*y - wanted(x)) < kTolerance)) return false;
    }
  }
  return true;
}

constexpr double kAdobeGamma = 563.0 / 256.0;

/// Of red, green and blue as profiles hold them, whatever they say of the white of their device.
using Colorants = std::array<Xyz, 3>;
constexpr Colorants kSrgb{Xyz{0.4361, 0.2225, 0.0139}, Xyz{0.3851, 0.7169, 0.0971},
                          Xyz{0.1431, 0.0606, 0.7141}};
constexpr Colorants kAdobeRgb{Xyz{0.6097, 0.3111, 0.0195}, Xyz{0.2053, 0.6257, 0.0609},
                              Xyz{0.1492, 0.0632, 0.7446}};

bool has_colorants(Bytes icc, const Colorants& wanted) {
  constexpr std::array<std::string_view, 3> kNames{"rXYZ", "gXYZ", "bXYZ"};
  constexpr double kTolerance = 2e-3;
  for (std::size_t c = 0; c < wanted.size(); ++c) {
    const auto found = xyz_of(icc, kNames[c]);
    for (std::size_t i = 0; found && i < 3; ++i) {
      if (!(std::abs((*found)[i] - wanted[c][i]) < kTolerance)) return false;
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace

IccFacts icc_facts(Bytes icc) {
  IccFacts facts;
  const bool grey = has_word(icc, 16, "GRAY");
  if (!grey && !has_word(icc, 16, "RGB ")) return facts;
  facts.is_linear = curves_are(icc, grey, [](double x) { return x; });
  const bool tables = !tag_content(icc, "A2B0").empty();
  if (!grey && !tables) facts.chromaticities = chromaticities_of(icc);
  facts.is_srgb = curves_are(icc, grey, srgb_light) &&
                  (grey || (facts.chromaticities && has_colorants(icc, kSrgb)));
  facts.is_adobe_rgb = facts.chromaticities && has_colorants(icc, kAdobeRgb) &&
                       curves_are(icc, grey, [](double x) { return std::pow(x, kAdobeGamma); });
  return facts;
}

}  // namespace latent::write
