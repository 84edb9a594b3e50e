// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "image/image.h"
#include "mask/darktable_path.h"
#include "mask/path.h"
#include "read/photograph.h"
#include "tasks/mask/edit_mask.h"

namespace latent::app {

/// Where a mask goes, and how. The ending says in which form:
///   .png             8 or 16 bits (16 unless `bits` says 8)
///   .tif, .tiff      16 bits, or float (16 unless `bits` says 32)
///   .pfm             float: darktable's external raster masks
///   .svg             the path
///   .xmp             the path, as masks of darktable's edit
struct MaskTarget {
  std::filesystem::path file;
  std::filesystem::path photograph;  ///< of which it is a mask: never written to, and named in a
                                     ///< new edit; empty where there is none
  int bits = 0;                      ///< 8, 16, 32 (float), or 0: the ending's usual one
  bool overwrite = false;            ///< of an .xmp: make it anew, without what is in it
};

/// Whether the target's ending asks for the path (.svg, .xmp) and not for the picture of a mask.
[[nodiscard]] bool wants_path(const std::filesystem::path& file);

/// Whether a mask can be written there: asked before anything is computed.
///
/// Errors   Usage        no such ending, a depth that the ending has not, the photograph itself, as
///                       check_output_file(); a file that is there and may not be replaced.
///          Unsupported, Corrupt, Io  an .xmp to which nothing can be added (see add_to_edit()).
[[nodiscard]] Status check_mask_target(const MaskTarget& target, const Limits& limits = {});

/// Writes a soft mask [h, w, 1] as a picture.
///
/// Errors   Usage where the ending wants a path; as write::write_mask().
[[nodiscard]] Status write_mask_picture(const MaskTarget& target, ImageView<const float> mask);

/// Writes a path. An .xmp that exists keeps all that is in it: the mask is added to the masks of
/// the step that is in force.
///
/// `frame`   of darktable, for .xmp; its `whole` is the size of an .svg.
/// `name`    of the mask in darktable
/// Errors   Usage        the ending wants a picture; an .svg that is there.
///          Unsupported  an .xmp with masks of version 7, or without a way to add one; it stays as
///                       it is.
///          Corrupt      an .xmp that is damaged.
///          Io           an .xmp that is read-only.
[[nodiscard]] Status write_mask_path(const MaskTarget& target, const mask::Shape& shape,
                                     const mask::DarktableFrame& frame, const std::string& name,
                                     const Limits& limits = {});

using tasks::mask_frame_of;
using tasks::MaskFrame;

}  // namespace latent::app
