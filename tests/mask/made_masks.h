// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>

#include "image/image.h"

namespace latent::mask {

/// A soft mask of a shape whose signed distance (negative inside) is known: the edge is `edge_px`
/// wide, 1 being what an area that is covered looks like.
template <class Distance>
Image<float> mask_of(Size size, const Distance& distance, double edge_px = 1) {
  auto mask = Image<float>::create(size).value();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double value = 0.5 - distance(x + 0.5, y + 0.5) / edge_px;
      mask.view().at(x, y) = static_cast<float>(std::clamp(value, 0.0, 1.0));
    }
  }
  return mask;
}

inline double circle(double x, double y, double middle_x, double middle_y, double radius) {
  return std::hypot(x - middle_x, y - middle_y) - radius;
}

/// A ring with an island in its hole.
inline double ring(double x, double y) {
  const double away = std::hypot(x - 150.3, y - 140.6);
  return std::min(std::max(away - 120, 60 - away), away - 25);
}

/// A palm with five fingers.
inline double hand(double x, double y) {
  double nearest = circle(x, y, 200.2, 250.7, 80);
  for (int finger = 0; finger < 5; ++finger) {
    const double angle = -2.6 + 0.52 * finger;
    const double tip_x = 200.2 + 190 * std::cos(angle);
    const double tip_y = 250.7 + 190 * std::sin(angle);
    const double along_x = tip_x - 200.2;
    const double along_y = tip_y - 250.7;
    const double t = std::clamp(
        ((x - 200.2) * along_x + (y - 250.7) * along_y) / (along_x * along_x + along_y * along_y),
        0.0, 1.0);
    nearest = std::min(nearest, std::hypot(x - 200.2 - t * along_x, y - 250.7 - t * along_y) - 18);
  }
  return nearest;
}

inline double sum_of(ImageView<const float> mask) {
  double sum = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (const float value : mask.row(y)) sum += static_cast<double>(value);
  }
  return sum;
}

}  // namespace latent::mask
