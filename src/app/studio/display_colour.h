// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace latent::app {

/// From sRGB to a screen, by a table that is made once for each of its profiles.
///
/// Threads  const functions from any.
class DisplayTable {
 public:
  /// Errors   Corrupt, Unsupported  as colour::Profile::from_icc().
  [[nodiscard]] static Result<DisplayTable> create(std::span<const std::uint8_t> icc);

  /// Shapes   [h, w, 3], 8 bits, in place. Units   encoded sRGB in, the screen's own values out.
  void apply(ImageView<std::uint8_t> pixels) const;
  /// The profile's name.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  DisplayTable() = default;
  static constexpr int kNodes = 33;
  std::string name_;
  std::vector<float> table_;  ///< [blue][green][red][3], 0..255
};

}  // namespace latent::app
