// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "app/model_defaults.h"

namespace latent::app {

/// A package of tests/program/tiny_packages.py.
inline std::string sample_package(const std::string& name) {
  return (std::filesystem::path(LATENT_TEST_PACKAGES) / (name + ".dtmodel")).string();
}

/// Folders of the user's in `folder`, and no package that ships.
inline Workplace workplace_in(const std::filesystem::path& folder) {
  Workplace at;
  at.places = {};
  at.places.config = folder / "config";
  at.places.store = folder / "store";
  return at;
}

}  // namespace latent::app
