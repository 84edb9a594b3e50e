// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/result.h"
#include "image/image.h"
#include "tasks/task.h"
#include "write/mask/mask_file.h"

namespace latent::tasks {

/// The form of a mask that goes to a target: by the ending of its name and the bits of a sample, 0
/// for the usual ones (16, of .pfm 32). A target that takes rows wants none, and gets Pfm.
///
/// Errors   Usage  a depth that the ending has not.
[[nodiscard]] Result<write::MaskFormat> mask_format_of(const Target& target, int bits);

/// Hands a mask to the target: to its sink, or into a file, under another name where the target has
/// one and its own was taken. What was written, and how long it took, stands in the report.
///
/// `photograph`  of which it is a mask: the file is open to no more people than that
/// Shapes   mask [h, w, 1], 0 to 1.
/// Errors   as write::write_mask(), those of the sink.
[[nodiscard]] Status write_mask_to(const Target& target, ImageView<const float> mask,
                                   write::MaskFormat format,
                                   const std::filesystem::path& photograph, TaskReport& report);

}  // namespace latent::tasks
