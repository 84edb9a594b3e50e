// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace latent::colour {

/// The curve of one channel: encoded sample to light, and back, without bounds.
///
/// Below 0 it is continued by odd symmetry about its value at 0, above 1 by its own formula; a
/// table is continued by the power law that has its value and slope at the end.
///
/// Threads  const functions from any thread.
class Curve {
 public:
  /// Light is the sample.
  Curve() = default;

  /// ICC parametric curve of type 4 (which holds types 0 to 3):
  ///   y = (a x + b)^g + c for x >= d,   y = e x + f below.
  ///
  /// Gives a linear curve for parameters that are not monotone or not finite; ok() is false then.
  [[nodiscard]] static Curve parametric(const std::array<double, 7>& gabcdef);
  [[nodiscard]] static Curve srgb();
  [[nodiscard]] static Curve gamma(double exponent);
  /// Equidistant samples of 0..1, at least two, 65535 being 1. A table that is the curve of sRGB or
  /// a power, as far as 16 bits can tell, becomes that.
  [[nodiscard]] static Curve table(const std::vector<std::uint16_t>& entries);

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool is_linear() const { return kind_ == Kind::Linear; }
  friend bool operator==(const Curve& left, const Curve& right) {
    return left.kind_ == right.kind_ && left.p_ == right.p_ && left.nodes_ == right.nodes_;
  }

  /// In place; relative error below 2e-6 of formulas.
  void to_light(float* values, std::size_t count) const;
  void from_light(float* values, std::size_t count) const;

 private:
  enum class Kind : std::uint8_t { Linear, Parametric, Table };
  [[nodiscard]] double exact(double x) const;
  [[nodiscard]] float table_forward(float x) const;
  [[nodiscard]] float table_inverse(float y) const;

  Kind kind_ = Kind::Linear;
  bool ok_ = true;
  std::array<double, 7> p_{};  ///< g, a, b, c, d, e, f
  std::vector<float> nodes_;
  std::vector<std::uint32_t> finder_;  ///< first node at or above i / (size - 1) of the range
  float end_power_ = 1;
};

}  // namespace latent::colour
