// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/sensor.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace latent::read {

std::string sensor_obstacle(SensorClass sensor, const std::string& colours) {
  switch (sensor) {
    case SensorClass::Bayer:
    case SensorClass::XTrans:
    case SensorClass::Mono:
    case SensorClass::QuadBayer:
      return {};
    case SensorClass::LinearRgb:
      return "holds a picture that is already demosaiced (linear RGB), not a mosaic";
    case SensorClass::FourColour:
    case SensorClass::SuperCcd:
    case SensorClass::Foveon:
      return std::string("has a ") + sensor_class_name(sensor) +
             (colours.empty() ? "" : " (" + colours + ")") +
             " sensor, whose mosaic raw denoise does not take; develop it with a raw developer "
             "instead";
    case SensorClass::Unknown:
      break;
  }
  return "has a colour filter pattern that raw denoise does not know; develop it with a raw "
         "developer instead";
}

int digitised_bits(int declared, double largest_count) {
  const auto largest = static_cast<std::uint32_t>(std::clamp(largest_count, 1.0, 65535.0));
  const auto needed = static_cast<int>(std::bit_width(largest));
  return declared >= needed && declared < 16 ? declared : needed;
}

}  // namespace latent::read
