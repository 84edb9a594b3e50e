// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/standard_paths.h"
#include "app/warm_models.h"
#include "base/result.h"
#include "models/store/package.h"

namespace latent::app {

/// Where a job finds its models, and what stays open between one job and the next.
struct Workplace {
  Places places = standard_places();
  WarmModels* warm = nullptr;  ///< null: nothing is kept
};

/// Opens a package to be used, by id or by path as models::Registry::open() takes it, and holds it
/// to the user's policy: whatever the way by which a model is named, one that the policy refuses is
/// not used.
///
/// Where the policy cannot be read, a package of Places::built_in is opened all the same,
/// and `notices` gets the sentence that says so; others are not.
///
/// Errors   as models::Registry::open() and read_policy(); Unsupported where the policy refuses it.
[[nodiscard]] Result<models::Package> open_model(const std::string& id_or_path,
                                                 std::vector<std::string>* notices = nullptr,
                                                 const Workplace& at = {});

/// Opens what a task is to be done with: `asked_for` where it is given, else the package that is
/// enabled for the task ("rawdenoise", "denoise", "upscale", ...).
///
/// Files of the user's that cannot be used leave the models that ship working; `notices` gets one
/// sentence for each such file.
///
/// Errors   as open_model(); ModelMismatch where what was asked for is made for another task; and
///          where no model was asked for as ModelManager::enabled().
[[nodiscard]] Result<models::Package> open_model_for(const std::string& task,
                                                     const std::string& asked_for,
                                                     std::vector<std::string>* notices = nullptr,
                                                     const Workplace& at = {});

}  // namespace latent::app
