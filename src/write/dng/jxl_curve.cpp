// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "write/dng/jxl_tile.h"

namespace latent::write {

namespace {

constexpr int kLargest = 65535;

/// IEC 61966-2-1.
double encoded(double light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

double linear(double code) {
  return code <= 0.04045 ? code / 12.92 : std::pow((code + 0.055) / 1.055, 2.4);
}

template <class Curve>
std::vector<std::uint16_t> table_of(Curve curve) {
  std::vector<std::uint16_t> table;
  for (int i = 0; i <= kLargest; ++i) {
    table.push_back(
        static_cast<std::uint16_t>(std::lround(kLargest * curve(i / double{kLargest}))));
  }
  return table;
}

}  // namespace

const JxlCurve& JxlCurve::of_srgb() {
  static const JxlCurve curve{table_of(encoded), table_of(linear)};
  return curve;
}

}  // namespace latent::write
