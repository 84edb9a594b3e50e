// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "app/model_manager.h"

namespace latent::app {

/// A manager's setup with that store, no packages that ship, and no engine.
inline ModelSetup setup_in(const std::filesystem::path& store) {
  ModelSetup setup;
  setup.store = store;
  setup.policy_file = store / "policy.toml";
  return setup;
}

}  // namespace latent::app
