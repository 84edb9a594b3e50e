// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace latent::colour {

/// A tone curve without ends, and its inverse: from the samples of a picture to light and back.
///
/// A formula goes on above 1 as it is; a table goes on along the slope of its last tenth. Below 0
/// all are odd: f(-x) = -f(x). Increasing everywhere, so there is always a way back.
///
/// Threads  const functions from any thread.
class Curve {
 public:
  /// y = (a x + b)^gamma + e for x >= d, y = c x below.
  struct Formula {
    double gamma = 1;
    double a = 1;
    double b = 0;
    double c = 1;
    double d = 0;
    double e = 0;
    friend bool operator==(const Formula&, const Formula&) = default;
  };

  Curve() = default;  ///< linear

  /// The curve of an ICC parametric type 0..4 (ICC.1:2010, 10.16); none where it does not go
  /// through 0, does not rise, or has a gap.
  [[nodiscard]] static std::optional<Curve> from_icc_formula(int type,
                                                             std::span<const double> parameters);
  /// Values 0..65535 at even steps of 0..1. A table that is nothing but sampled sRGB or a sampled
  /// power becomes that formula. None where it falls, or is flat for the most part.
  [[nodiscard]] static std::optional<Curve> from_table(std::span<const std::uint16_t> table);
  [[nodiscard]] static Curve srgb();

  [[nodiscard]] bool is_linear() const;
  [[nodiscard]] friend bool operator==(const Curve&, const Curve&) = default;

  /// In place. Vectorised where the curve is a formula.
  void to_light(float* samples, std::size_t count) const;
  void from_light(float* light, std::size_t count) const;

 private:
  [[nodiscard]] double table_at(double x) const;
  [[nodiscard]] double table_inverse(double y) const;
  void index_table();

  Formula formula_;
  std::vector<double> table_;          ///< strictly increasing; empty where the curve is a formula
  double end_slope_ = 1;               ///< of the table at 1
  std::vector<std::uint32_t> places_;  ///< where in the table to begin to look for a value
};

}  // namespace latent::colour
