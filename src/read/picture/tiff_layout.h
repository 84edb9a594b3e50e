// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "read/picture/picture_facts.h"
#include "read/picture/stored_samples.h"
#include "read/picture/tiff_session.h"

namespace latent::read {

/// How the samples of one page of a TIFF are coded.
struct TiffLayout {
  StoredSample stored;
  int samples = 1;  ///< a pixel, as stored
  int page = 0;     ///< index of its directory
  int compression = 1;
  bool planar = false;  ///< each channel in blocks of its own
  bool tiled = false;
  bool inverted = false;     ///< 0 is white
  bool palette = false;      ///< numbers of colours
  bool jpeg_to_rgb = false;  ///< libtiff's JPEG decoder delivers RGB for YCbCr
  bool by_libtiff = false;   ///< libtiff's own rendering to 8-bit RGB: other YCbCr
  bool old_jpeg = false;
  Size block;  ///< a tile, or a strip: as wide as the picture
  std::array<std::vector<std::uint16_t>, 3> colours;  ///< of the palette
};

/// What a TIFF header tells, judged.
struct TiffHeader {
  PictureFacts facts;
  TiffLayout layout;
  std::optional<Orientation> orientation;  ///< absent where the page says none
  bool alpha_associated = false;
  Resolution resolution;
  std::vector<std::uint8_t> icc;
  std::vector<std::string> warnings;
};

/// Reads the header of the first page that is neither a reduced version nor a mask.
///
/// Errors   Unsupported, Corrupt, TooLarge; messages are predicates.
[[nodiscard]] Result<TiffHeader> read_tiff_header(TiffSession& session, const Limits& limits);

/// Makes a session deliver samples as `layout` says: its page, its colour mode.
///
/// Errors   Corrupt; the message is a predicate.
[[nodiscard]] Status select_tiff_page(TiffSession& session, const TiffLayout& layout);

/// Whether every strip or tile lies inside the file, and whether together they can hold the
/// picture.
///
/// Errors   Corrupt; the message is a predicate.
[[nodiscard]] Status check_tiff_blocks(TiffSession& session, const TiffHeader& header,
                                       std::uint64_t file_bytes);

}  // namespace latent::read
