// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace latent::write {

/// How a JPEG XL tile is made, as DNG 1.7 states it.
struct JxlCoding {
  float distance = 0;  ///< Butteraugli's, from the source; 0: without loss
  int effort = 3;      ///< libjxl's, 1..9
  int decode_speed = 0;
};

/// Without loss, and with a loss that is not seen: from 1 on an eye may find it side by side.
inline constexpr JxlCoding kJxlLossless{};
inline constexpr JxlCoding kJxlUnseen{.distance = 0.3F, .effort = 5};

/// Whether the program was built with libjxl.
[[nodiscard]] bool jxl_tiles_are_there();

/// Encodes one picture of three 16-bit components as JPEG XL, the Compression 52546 of DNG. With a
/// distance the samples have to be encoded as JxlCurve does, because the loss is measured as an eye
/// would see it in sRGB.
///
/// Shapes   samples [height, width, 3] uint16.
/// Errors   TooLarge  no memory; Internal  what libjxl refuses, or where it is not there.
/// Threads  pure function, on one thread.
/// Source   Adobe, Digital Negative Specification 1.7.0.0, "Compression"; ISO/IEC 18181-1.
[[nodiscard]] Result<std::vector<std::uint8_t>> encode_jxl_tile(
    ImageView<const std::uint16_t> samples, const JxlCoding& coding);

/// The curve of sRGB over 0..65535, so that a loss of the same size is seen alike in shadows and in
/// light; `to_linear` is the LinearizationTable that takes it back.
struct JxlCurve {
  std::vector<std::uint16_t> to_encoded;
  std::vector<std::uint16_t> to_linear;
  [[nodiscard]] static const JxlCurve& of_srgb();
};

}  // namespace latent::write
