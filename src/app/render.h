// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include "base/limits.h"
#include "base/result.h"
#include "image/geometry.h"

namespace latent::app {

struct RenderJob {
  std::filesystem::path source;
  std::filesystem::path target;  ///< .png, .jpg, .jpeg, .tif or .tiff
  std::optional<Rect> region;    ///< in pixels of the crop, before turning upright
  int longest_side_px = 0;       ///< 0 keeps every pixel
  bool overwrite = false;
  Limits limits;
};

/// A quick neutral picture of a raw file, 8 bits for JPEG and PNG, 16 for TIFF; gives its size.
///
/// Errors   as read::Photograph::rendering() and write::write_png(); Usage for another ending.
[[nodiscard]] Result<Size> render(const RenderJob& job);

}  // namespace latent::app
