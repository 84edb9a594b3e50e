// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/mask_files.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/geometry.h"

namespace latent::app {

struct MaskRenderJob {
  std::filesystem::path edit;  ///< a darktable .xmp, or its .dtdata
  MaskTarget target;           ///< a picture: .png, .tif or .pfm
  std::optional<Size> size;    ///< of the picture that is masked, not turned; of .xmp, where there
                               ///< is no photograph
  std::string mask;            ///< name or id of the mask; empty: the last one that is in no group
  Limits limits;
};

struct MaskRendered {
  std::string name;
  Size size;
  std::vector<std::string> notices;
};

/// Draws a mask of a darktable edit with our own rasteriser, or takes a picture of a mask out of a
/// `.dtdata`, and writes it. A shape is drawn in the picture as the camera or file has it: not
/// turned, and not yet cropped or straightened by the edit.
///
/// Errors   Usage        neither a size nor a photograph, or both; an ending that is no picture's.
///          NotFound     no such mask, or none at all.
///          Unsupported, Corrupt, TooLarge  as mask::shape_of_form() and read::Dtdata.
///          Messages begin with the quoted path.
[[nodiscard]] Result<MaskRendered> render_mask(const MaskRenderJob& job, const RunControl& control);

}  // namespace latent::app
