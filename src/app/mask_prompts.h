// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "mask/prompts.h"

namespace latent::app {

/// The prompts of a mask as JSON, as docs/masks.md describes it, newline at the end;
/// tasks::prompts_from_json() reads it back.
[[nodiscard]] std::string prompts_to_json(const mask::PromptSet& prompts);

}  // namespace latent::app
