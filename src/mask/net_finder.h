// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mask/finder.h"
#include "mask/net_contract.h"

namespace latent::mask {

/// A network for masks that is ready to run: its contract, and its two graphs.
struct NetModel {
  NetContract contract;
  std::string encoder_input;                ///< name of the encoder's picture
  std::vector<std::string> decoder_inputs;  ///< names, in the order of the graph
  NetGraph encode;
  NetGraph decode;
  /// What the decoder computes of the encoder's outputs alone, once for each photograph: gives the
  /// tensors that `decode` takes in their place. Empty: they go in as they are.
  NetGraph prepare = {};
};

/// Whether an input of a decoder says what is asked, not what the photograph is.
[[nodiscard]] bool is_of_prompts(std::string_view input);

/// Finds objects by a network that takes clicks: encodes the picture, then asks the decoder prompt
/// after prompt, each time with all points so far and the mask before.
///
/// A brush that adds counts as points along its line and is drawn into the mask before; one that
/// takes away is not asked about, since it says exactly what goes, and counts the same way with the
/// next prompt. Nothing outside the last box is taken. Outputs of the encoder go to the decoder's inputs of the same name, else of a name that holds theirs, else by
/// their order, as darktable does it.
///
/// Errors   those of `model.encode`; ModelMismatch where its outputs cannot be the decoder's inputs.
[[nodiscard]] Result<std::unique_ptr<Finder>> net_finder(std::shared_ptr<const NetModel> model,
                                                         ImageView<const std::uint8_t> picture,
                                                         const RunControl& control);

}  // namespace latent::mask
