// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/mask.h"
#include "mask/darktable_path.h"
#include "read/photograph.h"

// Masks that darktable keeps: paths in an edit (.xmp), pictures in a .dtdata.
namespace latent::tasks {

/// What darktable counts in for a photograph, and the size of our mask of it: of a raw file the
/// whole sensor with its margins, in which the mask is the picture that the camera shows.
struct MaskFrame {
  Size mask;
  mask::DarktableFrame frame;
};

/// Errors   as Photograph::picture_facts().
[[nodiscard]] Result<MaskFrame> mask_frame_of(const read::Photograph& photograph);

struct EditMask {
  std::string name;
  SoftMask mask;
  std::vector<std::string> notices;
};

/// Draws a mask of darktable's edit with our own rasteriser: in the picture as the camera or file
/// has it, not turned, and not yet cropped or straightened by the edit.
///
/// `name`   name or id of the mask; empty: the last one that is in no group
/// Errors   NotFound     no such mask, or none at all.
///          Unsupported, Corrupt, TooLarge  as mask::shape_of_form(). Messages begin with the quoted
///          path.
[[nodiscard]] Result<EditMask> mask_of_edit(const std::filesystem::path& edit,
                                            const std::string& name, const MaskFrame& frame,
                                            const Limits& limits, const RunControl& control);

/// Takes a picture of a mask out of a .dtdata; `name` of an entry, empty: the first.
///
/// Errors   NotFound as mask_of_edit(); as read::Dtdata. Messages begin with the quoted path.
[[nodiscard]] Result<EditMask> mask_of_dtdata(const std::filesystem::path& file,
                                              const std::string& name, const Limits& limits);

}  // namespace latent::tasks
