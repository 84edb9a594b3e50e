// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "image/geometry.h"

namespace latent::app {

enum class PrintUnit : std::uint8_t { Centimetre, Millimetre, Inch };

/// The paper that a picture is enlarged for, and the resolution it should reach there.
struct PrintSize {
  double width = 0;   ///< in `unit`; > 0
  double height = 0;  ///< likewise
  PrintUnit unit = PrintUnit::Centimetre;
  double dpi = 300;  ///< pixels per inch; > 0

  /// The pixels per inch of a picture of `size` that fills the paper as far as it goes without
  /// being cut, in whichever of the two directions the paper suits it.
  [[nodiscard]] double dpi_of(Size size) const;

  friend bool operator==(const PrintSize&, const PrintSize&) = default;
};

/// "40x60cm@300": width, height, cm, mm or in, and pixels per inch (300 where "@" is missing).
///
/// Errors   Usage  another form, or a side or resolution that no printer has.
[[nodiscard]] Result<PrintSize> parse_print_size(std::string_view text);

/// As parse_print_size() takes it.
[[nodiscard]] std::string text_of(const PrintSize& print);

/// "40 x 60 cm", for sentences.
[[nodiscard]] std::string paper_words(const PrintSize& print);

/// The smaller of the two factors that reaches the resolution; four where none does.
///
/// Errors   Usage  the picture has enough pixels already; a predicate.
[[nodiscard]] Result<int> scale_for(const PrintSize& print, Size size);

}  // namespace latent::app
