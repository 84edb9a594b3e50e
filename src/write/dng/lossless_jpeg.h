// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace latent::write {

/// Encodes one picture as lossless JPEG (SOF3, Huffman, predictor 1), the "LJ92" that DNG names
/// Compression 7: 16-bit samples come back bit for bit, 0 and 65535 too.
///
/// `components`: neighbouring columns are dealt out to this many JPEG components, so that each
/// sample is predicted by the one `components` columns to its left: 2 for a Bayer mosaic (the next
/// of the same colour), 3 for X-Trans (green by green) and for interleaved RGB, 1 or 2 for mono.
/// The JPEG then is width * channels / components wide; decoders that know DNG put the samples back
/// in the order in which they were. One optimal Huffman table a picture, in two passes.
///
/// Shapes   samples [height, width, channels] uint16; width * channels a multiple of components.
///          return a whole JPEG stream, SOI to EOI.
/// Errors   Internal  an empty picture, components not 1..4 or not dividing the row, a side of the
///                    JPEG above 65535.
/// Threads  pure function.
/// Source   ITU-T T.81, Annex H (lossless mode), Annex C and K.2 (Huffman tables); DNG 1.4.0.0,
///          "Compression".
[[nodiscard]] Result<std::vector<std::uint8_t>> encode_lossless_jpeg(
    ImageView<const std::uint16_t> samples, int components);

}  // namespace latent::write
