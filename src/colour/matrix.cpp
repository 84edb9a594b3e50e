// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/matrix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace latent::colour {

namespace {

using Vector3d = std::array<double, 3>;

/// XYZ to the cones of Bradford (ICC.1:2010, annex E).
constexpr Matrix3d kBradford{0.8951, 0.2664, -0.1614, -0.7502, 1.7135,
                             0.0367, 0.0389, -0.0685, 1.0296};

Vector3d multiplied(const Matrix3d& m, const Vector3d& v) {
  Vector3d product{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t k = 0; k < 3; ++k) product[row] += m[3 * row + k] * v[k];
  }
  return product;
}

/// A colour of that chromaticity, of any luminance: primaries that no eye can see (ACES AP0, XYZ)
/// have none, or less than none.
std::optional<Vector3d> xyz_of(const double (&xy)[2]) {
  constexpr double kFarthest = 10;
  if (!(std::abs(xy[0]) < kFarthest) || !(std::abs(xy[1]) < kFarthest)) return std::nullopt;
  return Vector3d{xy[0], xy[1], 1.0 - xy[0] - xy[1]};
}

/// White has luminance 1.
std::optional<Vector3d> white_of(const double (&xy)[2]) {
  auto white = xyz_of(xy);
  if (!white || !(xy[1] > 1e-6)) return std::nullopt;
  for (double& part : *white) part /= xy[1];
  return white;
}

/// As s15Fixed16Number; what rounding takes from a row goes to its largest entry.
void round_rows(Matrix3d& m) {
  constexpr double kOne = 65536.0;
  for (std::size_t row = 0; row < 3; ++row) {
    double rest = std::round(kConnectionWhite[row] * kOne);
    std::size_t largest = 3 * row;
    for (std::size_t k = 3 * row; k < 3 * row + 3; ++k) {
      m[k] = std::round(m[k] * kOne);
      rest -= m[k];
      if (m[k] > m[largest]) largest = k;
    }
    m[largest] += rest;
    for (std::size_t k = 3 * row; k < 3 * row + 3; ++k) m[k] /= kOne;
  }
}

}  // namespace

Matrix3d multiplied(const Matrix3d& a, const Matrix3d& b) {
  Matrix3d product{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      for (std::size_t k = 0; k < 3; ++k) {
        product[3 * row + column] += a[3 * row + k] * b[3 * k + column];
      }
    }
  }
  return product;
}

std::optional<Matrix3d> inverted(const Matrix3d& m) {
  const double minor0 = m[4] * m[8] - m[5] * m[7];
  const double minor1 = m[3] * m[8] - m[5] * m[6];
  const double minor2 = m[3] * m[7] - m[4] * m[6];
  const double determinant = m[0] * minor0 - m[1] * minor1 + m[2] * minor2;
  if (!(std::abs(determinant) > 1e-9) || !std::isfinite(determinant)) return std::nullopt;
  const double f = 1.0 / determinant;
  return Matrix3d{f * minor0,  f * (m[2] * m[7] - m[1] * m[8]), f * (m[1] * m[5] - m[2] * m[4]),
                  -f * minor1, f * (m[0] * m[8] - m[2] * m[6]), f * (m[2] * m[3] - m[0] * m[5]),
                  f * minor2,  f * (m[1] * m[6] - m[0] * m[7]), f * (m[0] * m[4] - m[1] * m[3])};
}

std::optional<Matrix3d> connection_matrix(const Primaries& primaries) {
  const auto red = xyz_of(primaries.red);
  const auto green = xyz_of(primaries.green);
  const auto blue = xyz_of(primaries.blue);
  const auto white = white_of(primaries.white);
  if (!red || !green || !blue || !white) return std::nullopt;
  Matrix3d columns{};
  for (std::size_t k = 0; k < 3; ++k) {
    columns[3 * k] = (*red)[k];
    columns[3 * k + 1] = (*green)[k];
    columns[3 * k + 2] = (*blue)[k];
  }
  const auto inverse = inverted(columns);
  if (!inverse) return std::nullopt;
  const Vector3d amounts = multiplied(*inverse, *white);
  for (std::size_t k = 0; k < 9; ++k) columns[k] *= amounts[k % 3];
  const Vector3d from = multiplied(kBradford, *white);
  const Vector3d to = multiplied(kBradford, kConnectionWhite);
  Matrix3d gains{};
  for (std::size_t k = 0; k < 3; ++k) {
    if (!(amounts[k] > 1e-6) || !(from[k] > 1e-6)) return std::nullopt;
    gains[4 * k] = to[k] / from[k];
  }
  const Matrix3d adaptation =
      multiplied(inverted(kBradford).value_or(Matrix3d{}), multiplied(gains, kBradford));
  Matrix3d result = multiplied(adaptation, columns);
  round_rows(result);
  if (!inverted(result)) return std::nullopt;
  return result;
}

}  // namespace latent::colour
