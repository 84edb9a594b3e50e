// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "models/store/package.h"
#include "tasks/mask/mask_network.h"
#include "tasks/task.h"

namespace latent::tasks {

/// Masks of objects. Takes ObjectMaskSettings, reports ObjectMaskReport. Masks lie on the photograph
/// as decoded. Written as PNG, TIFF or PFM; Target::take gets rows of float instead.
///
/// `package`  of the task mask, or of mask-ai-... where the settings are automatic; none: the
///            built-in selector, which needs prompts
///
/// Beyond the errors of reading and writing: NotFound for prompts that are to lie beside the
/// photograph and do not; as read_prompts_for(), mask::check_prompts() and MaskSession::mask().
///
/// Errors   as open_mask_network().
[[nodiscard]] Result<Task> create_object_mask(const std::optional<models::Package>& package,
                                              const MaskNetworkOptions& options);

}  // namespace latent::tasks
