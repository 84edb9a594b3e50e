// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <variant>

#include "image/linear_raw.h"
#include "image/mosaic.h"

namespace latent::tasks {

/// The samples of a raw, decoded one way or the other.
using RawPicture = std::variant<Mosaic, LinearRaw>;

/// Which way.
enum class RawAs : std::uint8_t {
  Mosaic,     ///< as the sensor gave them
  Developed,  ///< the same, with the opcode lists of a DNG applied that are for the mosaic
  Linear,     ///< three colours a pixel stand in the file
  Demosaiced  ///< a mosaic whose colours were made up, for networks that want three
};

/// What a network may see: the active area of a mosaic, all of a linear picture.
[[nodiscard]] inline Rect frame_of(const RawPicture& picture) {
  if (const auto* mosaic = std::get_if<Mosaic>(&picture)) return mosaic->active;
  const Size size = std::get<LinearRaw>(picture).samples.size();
  return {0, 0, size.width, size.height};
}

[[nodiscard]] inline Rect crop_of(const RawPicture& picture) {
  return std::visit([](const auto& each) { return each.crop; }, picture);
}

}  // namespace latent::tasks
