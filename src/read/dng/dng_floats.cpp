// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_floats.h"

#include <bit>
#include <cmath>

#include "read/dng/dng_blocks.h"
#include "read/libraw/extents.h"

namespace latent::read {

namespace {

constexpr int kUncompressed = 1;

/// The value of a float of `exponent_bits` and `fraction_bits`.
float expanded(std::uint32_t bits, unsigned exponent_bits, unsigned fraction_bits) {
  constexpr int kBias = 127;
  constexpr unsigned kFraction = 23;
  const std::uint32_t sign = bits >> (exponent_bits + fraction_bits) << 31U;
  const std::uint32_t top = (1U << exponent_bits) - 1U;
  const std::uint32_t exponent = bits >> fraction_bits & top;
  const std::uint32_t fraction = bits & ((1U << fraction_bits) - 1U);
  const int bias = static_cast<int>(top >> 1U);
  if (exponent == 0) {  // zero, or a fraction without its leading 1
    const float value =
        std::ldexp(static_cast<float>(fraction), 1 - bias - static_cast<int>(fraction_bits));
    return sign != 0 ? -value : value;
  }
  const std::uint32_t wide =
      exponent == top ? 255U : exponent + static_cast<std::uint32_t>(kBias - bias);
  return std::bit_cast<float>(sign | wide << kFraction | fraction << (kFraction - fraction_bits));
}

std::uint32_t number_at(const std::uint8_t* bytes, std::size_t size, bool little_endian) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8U | bytes[little_endian ? size - 1 - i : i];
  }
  return value;
}

void unpack_floats(const std::uint8_t* bytes, int bits, bool little_endian, std::span<float> row) {
  const auto size = static_cast<std::size_t>(bits / 8);
  for (float& sample : row) {
    const std::uint32_t number = number_at(bytes, size, little_endian);
    sample = bits == 32   ? std::bit_cast<float>(number)
             : bits == 24 ? expanded(number, 7, 16)
                          : expanded(number, 5, 10);
    bytes += size;
  }
}

}  // namespace

bool dng_floats_are_readable(const DngLayout& layout) {
  const bool shape = (layout.samples_per_pixel == 1 || layout.samples_per_pixel == 3) &&
                     !layout.planar && !layout.interleaved && layout.linearisation.empty();
  const int bits = layout.bits_per_sample;
  if (!layout.is_float || !shape || (bits != 16 && bits != 24 && bits != 32)) return false;
  if (layout.compression == kUncompressed) return true;
  constexpr int kPlain = 1;
  constexpr int kFloat = 3;
  constexpr int kFloatX2 = 34894;
  constexpr int kFloatX4 = 34895;
  return is_deflated(layout) && (layout.predictor == kPlain || layout.predictor == kFloat ||
                                 layout.predictor == kFloatX2 || layout.predictor == kFloatX4);
}

Result<Image<float>> read_dng_floats(const ByteSource& source, const DngLayout& layout,
                                     const Limits& limits, const RunControl& control) {
  LATENT_ENSURE(dng_floats_are_readable(layout));
  LATENT_CHECK(check_blocks(source, layout));
  auto image = Image<float>::create(layout.image, layout.samples_per_pixel, limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  const auto view = image->view();
  LATENT_CHECK(for_each_piece(layout, control, [&](const Piece& piece) -> Status {
    LATENT_TRY(const PieceBytes found, read_piece(source, layout, piece));
    for (int y = 0; y < piece.area.height; ++y) {
      const std::span row(&view.at(piece.area.x, piece.area.y + y),
                          samples_of(piece.area.width, layout));
      unpack_floats(&found.bytes[found.row_bytes * static_cast<std::size_t>(y)],
                    layout.bits_per_sample, found.little_endian, row);
      const BlackDeltas& deltas = layout.black_deltas;
      if (deltas.empty()) continue;
      deltas.take_off(piece.area.x, piece.area.y + y, layout.samples_per_pixel, row);
    }
    return {};
  }));
  return image;
}

}  // namespace latent::read
