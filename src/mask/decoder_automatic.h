// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/run_control.h"
#include "image/mask.h"
#include "mask/net_contract.h"

namespace latent::mask {

/// The mask that a network without prompts (task mask-ai-...) makes of a whole photograph: reduced
/// to its square, computed, brought back soft; where its contract says so, led along the edges of
/// the photograph by a guided filter of 1.25 pixels of the network.
///
/// `run`    its one network; the input goes by its name, `input`
/// Shapes   picture [h, w, 3], encoded sRGB, 0..255. Return [h, w, 1], 0 to 1.
/// Errors   ModelMismatch  as checked_output(); NotFound where no pixel is above one half.
///          TooLarge, Cancelled, those of `run`.
/// Source   darktable's mask-ai contract (docs/compatibility.md).
[[nodiscard]] Result<SoftMask> automatic_mask(const NetContract& contract,
                                              ImageView<const std::uint8_t> picture,
                                              const std::string& input, const NetRun& run,
                                              const RunControl& control = {});

}  // namespace latent::mask
