// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "infer/engine.h"
#include "models/store/package.h"
#include "tasks/erase/picture.h"

namespace latent::tasks {

/// A package of the task erase or inpaint: model.onnx takes "image" [1, 3, h, w] and "mask"
/// [1, 1, h, w] and gives the picture filled. Its attributes say what its numbers mean
/// (docs/package-format.md): input_sizes, input_scale and output_scale (1 or 255), mask_value_hole,
/// masked_input_ignored, output_composited, max_hole_fraction, ensure_multiple_of.
///
/// A hole with what surrounds it is reduced where it is larger than the network's picture, and
/// mirrored outwards where it is smaller. What comes back is held to what the package says: finite,
/// of the range of output_scale, and of composited answers the known pixels as they were.
///
/// Errors   ModelMismatch  the package is for another task, or an attribute has a value that nobody
///                         knows; as models::load_network().
[[nodiscard]] Result<std::shared_ptr<HoleNetwork>> open_hole_network(
    const models::Package& package, const infer::EngineRequest& engine);

}  // namespace latent::tasks
