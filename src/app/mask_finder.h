// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/mask.h"
#include "app/model_defaults.h"
#include "tasks/mask/mask_network.h"

namespace latent::app {

/// What finds the objects of a job: a network, or where there is none the built-in selector.
struct MaskFinder {
  std::optional<tasks::MaskNetwork> network;
  std::string model;             ///< its id
  bool nothing_enabled = false;  ///< the selector was taken because there is no network
};

/// Whether a job's model is the selector that needs no network.
[[nodiscard]] bool is_built_in(const std::string& model);

/// What is said once to each user who made a mask without a network; empty afterwards.
[[nodiscard]] std::string network_hint();

/// Opens what the job names, else the package that is enabled for its task. Without any the selector
/// is taken.
///
/// Errors   as open_model_for() where the job names a model or an automatic mask, and
///          tasks::open_mask_network().
[[nodiscard]] Result<MaskFinder> mask_finder(const MaskJob& job, std::vector<std::string>& notices,
                                             const Workplace& at = {});

}  // namespace latent::app
