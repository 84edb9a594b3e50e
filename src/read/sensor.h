// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "image/mosaic.h"

namespace latent::read {

/// Why Photograph::mosaic() does not give a class of sensors, as a predicate with advice ("has a
/// four-colour sensor, ..."); empty where it does. `colours` are the letters of a four-colour
/// filter, if known.
[[nodiscard]] std::string sensor_obstacle(SensorClass sensor, const std::string& colours = {});

/// The bits that a camera digitised with: what the header declares, unless the declared width is
/// that of the container (16, or none) or too small for the counts; then those that `largest_count`
/// needs.
[[nodiscard]] int digitised_bits(int declared, double largest_count);

}  // namespace latent::read
