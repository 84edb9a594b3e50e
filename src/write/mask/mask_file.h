// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "base/safe_file.h"
#include "image/image.h"

namespace latent::write {

/// How a soft mask is stored. Integers span 0 to 1 from 0 to the greatest.
enum class MaskFormat : std::uint8_t {
  Png8,
  Png16,
  Tiff16,
  TiffFloat,
  Pfm  ///< portable float map, one channel, last row first: darktable's external raster masks
};

struct MaskFileOptions {
  Overwrite overwrite = Overwrite::Refuse;
  FileAccess access = {};  ///< to whom the file is open at most: no more than its source
};

/// Writes a soft mask [h, w, 1] as it is: no curve, no profile. Values outside 0 to 1 are brought
/// there in integers; NaN is 0.
///
/// Errors   Usage, NotFound, Io  as SafeFile; TooLarge as the format's side.
[[nodiscard]] Status write_mask(const std::filesystem::path& target, ImageView<const float> mask,
                                MaskFormat format, const MaskFileOptions& options = {});

}  // namespace latent::write
