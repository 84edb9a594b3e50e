// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/limits.h"
#include "tasks/task.h"

namespace latent::tasks {

/// Depth of a photograph by a network of the task depth (or mask-depth), as a map or as a mask of a
/// range. Takes DepthSettings, reports DepthReport. Maps lie on the photograph as decoded; 0 is the
/// nearest, 1 the farthest. Written as PNG, TIFF or PFM; Target::take gets rows of float instead.
///
/// The picture is reduced to the network's size with its aspect kept and sides that are multiples
/// of what the package says; with DepthSettings::compat, or where the network has one size only, it
/// is stretched. The answer is enlarged by mask::enlarge_depth().
///
/// Beyond the errors of reading and writing: those of mask::depth_shares(); Usage for a point
/// outside the picture.
///
/// Errors   ModelMismatch  the package is for another task, or says a size that cannot be.
[[nodiscard]] Result<Task> create_depth(const models::Package& package,
                                        const infer::EngineRequest& engine,
                                        const Limits& limits = {});

}  // namespace latent::tasks
