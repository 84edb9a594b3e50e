// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "write/picture/picture_encoder.h"
#include "write/tiff_directory.h"

namespace latent::write {

/// How the samples are cut up. A strip is a tile as wide as the picture.
struct TiffLayout {
  Size tile;
  bool tiled = true;
};

/// Strips of about 1 MiB; or tiles of 512 px, flatter ones where a row of them would pass 64 MiB.
/// Pictures that are narrower than a tile, or not compressed, are cut to strips in any case.
[[nodiscard]] TiffLayout tiff_layout(const PictureHeader& header,
                                     const PictureWriterOptions& options);

/// Big where the file might pass 4 GiB if nothing could be compressed.
[[nodiscard]] TiffFlavour tiff_flavour(const PictureHeader& header,
                                       const PictureWriterOptions& options);

/// tiff_encoder() with the flavour given instead of found.
[[nodiscard]] std::unique_ptr<PictureEncoder> tiff_encoder(EncoderJob& job, TiffFlavour flavour);

}  // namespace latent::write
