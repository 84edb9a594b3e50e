// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "app/mask_files.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "mask/vectorise.h"

namespace latent::app {

struct MaskTraceJob {
  std::filesystem::path mask;  ///< a picture of a mask: PNG, TIFF or PFM
  MaskTarget target;           ///< .svg or .xmp; its photograph is the one that is masked
  mask::VectoriseSettings settings;
  std::string name = "latent object";  ///< of the mask in darktable
  Limits limits;
};

/// Makes an editable path of a picture of a mask, and writes it. The mask has the size of the
/// photograph, not turned; where there is none, that of the whole picture which darktable opens.
///
/// Errors   Usage     the sizes differ; an ending that is no path's; as mask::vectorise().
///          NotFound  nothing in the mask is above the threshold.
///          Messages begin with the quoted path, but for settings.
[[nodiscard]] Result<mask::Vectorised> trace_mask(const MaskTraceJob& job,
                                                  const RunControl& control);

}  // namespace latent::app
