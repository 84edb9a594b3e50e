// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "mask/decoder.h"

// What the decoders share.
namespace latent::mask {

/// point_coords [1, N, 2] and point_labels [1, N], behind the features; the padding point where the
/// contract leaves it to the caller. SAM's own code appends it only where there is no box; darktable
/// always.
[[nodiscard]] std::vector<NetTensor> with_points(const NetQuestion& question);

/// SAM's mask_input [1, 1, s, s] and has_mask_input [1].
void add_mask_input(const NetQuestion& question, std::vector<NetTensor>& inputs);

/// Plane `index` of [1, planes, h, w] as an image.
///
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<Image<float>> plane_of(const NetTensor& tensor, std::size_t index);

/// Refuses with what is wrong with an output.
[[nodiscard]] tl::unexpected<Error> wrong_output(const NetContract& contract,
                                                 const NetTensor& tensor);

}  // namespace latent::mask
