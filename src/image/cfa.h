// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"

namespace latent {

/// Colour of one site of a mosaic. `Green2` is the second green of a Bayer quad where a camera
/// gives it levels of its own; it is green to every network and every DNG.
enum class CfaColour : std::uint8_t { Red = 0, Green = 1, Blue = 2, Green2 = 3 };

/// The repeating colour pattern of a sensor, of any period: 2x2 (Bayer), 6x6 (X-Trans), 1x1 (mono,
/// all green).
class CfaPattern {
 public:
  /// A mono sensor.
  CfaPattern() = default;

  /// `colours` row by row, period.width * period.height of them; entry (0, 0) belongs to the sample
  /// (0, 0) of the sensor buffer.
  ///
  /// Errors   Corrupt  a period that is not 1..16 a side or does not match the number of colours.
  [[nodiscard]] static Result<CfaPattern> create(Size period, std::vector<CfaColour> colours);

  [[nodiscard]] Size period() const { return period_; }
  [[nodiscard]] bool is_mono() const { return period_ == Size{1, 1}; }

  /// Colour of the site (x, y), any coordinates, negative ones too.
  [[nodiscard]] CfaColour at(int x, int y) const {
    const int column = positive_modulo(x, period_.width);
    const int row = positive_modulo(y, period_.height);
    return colours_[static_cast<std::size_t>(row * period_.width + column)];
  }

  /// The pattern seen from the site `origin`: shifted(o).at(0, 0) == at(o.x, o.y).
  [[nodiscard]] CfaPattern shifted(Point origin) const;

  /// "RGGB", or the 36 letters of an X-Trans pattern, or "mono".
  [[nodiscard]] std::string letters() const;

  friend bool operator==(const CfaPattern&, const CfaPattern&) = default;

 private:
  Size period_{1, 1};
  std::vector<CfaColour> colours_{CfaColour::Green};
};

/// The index 0..2 (R, G, B) of a colour in everything that has three entries.
[[nodiscard]] constexpr int rgb_index(CfaColour colour) {
  return colour == CfaColour::Green2 ? 1 : static_cast<int>(colour);
}

}  // namespace latent
