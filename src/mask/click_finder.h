// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "mask/finder.h"
#include "mask/net_contract.h"

namespace latent::mask {

/// A network of the architecture latent_clicks that is ready to run.
struct ClickModel {
  NetContract contract;
  std::string input;  ///< name of its planes
  NetGraph run;
};

/// Finds objects by the built-in selector, whose answer to every prompt the network then corrects in
/// a crop around it (click_planes.h).
///
/// A mask before the first prompt is what both begin with. Nothing outside the last box is taken.
///
/// Errors   as Encoded::create(); when asked also those of `model.run`, and ModelMismatch where it
///          gives no logits of the square.
[[nodiscard]] Result<std::unique_ptr<Finder>> click_finder(std::shared_ptr<const ClickModel> model,
                                                           ImageView<const std::uint8_t> picture,
                                                           const RunControl& control);

}  // namespace latent::mask
