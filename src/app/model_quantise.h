// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/model_manager.h"
#include "base/result.h"
#include "base/run_control.h"
#include "infer/engine.h"

namespace latent::app {

struct QuantiseOptions {
  std::vector<std::filesystem::path> pictures;  ///< to calibrate on and to measure the loss with
  infer::EngineRequest engine;  ///< of which threads and the waiting for a network count
  std::string program;          ///< "latent 0.1.0": what made it
  /// Called when a new step begins; fractions start anew.
  std::function<void(const std::string&)> on_step;
};

/// A network that was made, and what it costs.
struct QuantisedNetwork {
  std::string file;  ///< of the package, in float32
  std::map<std::string, double, std::less<>>
      losses;                    ///< PSNR lost against float32, in dB, by condition
  double loss_db = 0;            ///< the worst of them
  std::size_t convolutions = 0;  ///< that are computed in 8-bit integers
  double work = 0;               ///< their share of the multiplications of all convolutions
  double seconds_f32 = 0;        ///< a megapixel, on this computer
  double seconds_int8 = 0;
  std::size_t bytes = 0;
};

struct QuantisedModel {
  std::string id;
  std::size_t pictures = 0;
  std::vector<QuantisedNetwork> networks;
  std::vector<std::string> notices;
};

/// Makes networks of a package in 8-bit integers, calibrated on photographs, and puts them into the
/// store, beside the package and not into it (models::LocalInt8). They are used as those of
/// packages are: by `--precision auto` where they are faster and lose little enough.
///
/// Where the loss is above 0.03 dB with all of them rounded, the three most sensitive convolutions
/// stay in float, and more (6, 12, ... up to half) until it is at most 0.1 dB, or as near as can be.
///
/// Errors   NotFound     no such model.
///          Usage        no picture; a task that Latent does not do with tiles (masks, depth).
///          Unsupported  the package has int8 networks of its own, no convolution that can be
///                       rounded, or the policy refuses it.
///          ModelMismatch, Device, Cancelled  as tasks::tiles_seen() and infer::calibrate().
///          Io           the store cannot be written; what it held before is still there.
[[nodiscard]] Result<QuantisedModel> quantise_model(const ModelManager& manager,
                                                    const std::string& id,
                                                    const QuantiseOptions& options,
                                                    const RunControl& control);

/// Takes what quantise_model() made away.
///
/// Errors   NotFound  nothing was made of it; Io.
[[nodiscard]] Status forget_quantised(const ModelManager& manager, const std::string& id);

}  // namespace latent::app
