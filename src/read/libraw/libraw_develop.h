// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "image/geometry.h"
#include "read/dng/dng_file.h"

class LibRaw;  // LibRaw's own, at global scope

namespace latent::read {

/// How LibRaw demosaics for us.
struct Development {
  Rect decoded;            ///< of LibRaw's visible area
  bool half_size = false;  ///< one pixel for each 2x2 of the mosaic
  bool quick = true;       ///< X-Trans in one pass, not three
};

/// How LibRaw stretches the visible area where pixels are no squares.
struct Stretch {
  double x = 1;
  double y = 1;
};
[[nodiscard]] Stretch stretch_of(const RawFacts& facts);

/// LibRaw's number for an orientation: it mirrors columns (1), rows (2) and swaps the axes (4).
[[nodiscard]] int flip_of(Orientation orientation);

/// Sets LibRaw to develop neutrally: the camera's white balance, the white level of the file, no
/// automatic brightness, no denoising. Colours and curve are left to the caller.
void configure_libraw(LibRaw& raw, const Development& development);

/// Demosaics what was unpacked, as configured.
///
/// Errors   Corrupt, TooLarge, Cancelled; messages are predicates.
[[nodiscard]] Status develop_libraw(LibRaw& raw);

/// Puts our own decoding of a DNG into LibRaw's buffer: LibRaw 0.20 reads a DNG in strips or
/// uncompressed tiles as one run of data; ours does not.
///
/// Errors   as read_dng_samples().
[[nodiscard]] Status replace_samples(LibRaw& raw, const ByteSource& source, const DngFile& dng,
                                     const Limits& limits);

}  // namespace latent::read
