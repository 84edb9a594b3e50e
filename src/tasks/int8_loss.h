// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "infer/engine.h"
#include "tasks/calibration.h"

namespace latent::tasks {

/// Something for a network to restore, of which the truth is known.
struct Trial {
  std::string condition;  ///< "bayer 0.01", "sigma 15", "x2": as config.json names them
  Tensor input;
  Tensor truth;  ///< [1, C, h, w] from the top left corner of what estimate_of() gives
};

/// What a network is calibrated on and judged by.
struct TrialSet {
  std::vector<Tensor> calibration;  ///< inputs, of the shape of SeenTiles::tiles
  std::vector<Trial> trials;  ///< of tiles that calibration does not see, where there are four
};

/// What a session answers.
///
/// Errors   ModelMismatch  numbers that are not finite; Device.
[[nodiscard]] Result<Tensor> answer_of(infer::Session& session, ConstTensorView input);

/// Makes them of what a network saw of photographs. The pictures of users have no truth beside them,
/// so one is made: what float32 leaves of a tile, and white noise on top in the strengths that
/// docs/quality.md measures (sigma_u 0.003 to 0.06 of raws, sigma 5 to 50 of 255 of finished
/// pictures), told to the network as it wants to be told. A network that enlarges gets the tile
/// reduced, and the tile is the truth.
///
/// `f32`    a session of the network in float32 for tiles of that shape
/// Errors   Device, Cancelled; ModelMismatch where the network gives numbers that are not finite.
[[nodiscard]] Result<TrialSet> trials_of(const SeenTiles& seen, infer::Session& f32,
                                         const RunControl& control);

/// The mean PSNR of a network's results by condition, in dB; of raws in the domain of the square
/// root, where noise is even.
///
/// Errors   as trials_of().
[[nodiscard]] Result<std::map<std::string, double, std::less<>>> scores_of(
    const models::Network& network, infer::Session& session, const std::vector<Trial>& trials,
    const RunControl& control);

}  // namespace latent::tasks
