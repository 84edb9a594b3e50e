// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

namespace latent::app {

/// Where Latent may keep what it can make again (compiled networks, proofs of devices):
/// $LATENT_CACHE, else $XDG_CACHE_HOME/latent, else ~/.cache/latent. Not made here.
[[nodiscard]] std::filesystem::path cache_folder();

/// Where the user's settings are: $LATENT_CONFIG, else $XDG_CONFIG_HOME/latent, else
/// ~/.config/latent. Not made here.
[[nodiscard]] std::filesystem::path config_folder();

/// The user's policy of models, in config_folder().
[[nodiscard]] std::filesystem::path policy_file();

/// The user's models (models::Store): $LATENT_MODELS_DIR, else $XDG_DATA_HOME/latent/models, else
/// ~/.local/share/latent/models. Not made here.
[[nodiscard]] std::filesystem::path models_store_folder();

/// Folders of packages that latent models never changes: $LATENT_MODELS, the packages installed
/// with the program (<prefix>/share/latent/weights), and those of the source tree it was built in.
[[nodiscard]] std::vector<std::filesystem::path> built_in_model_folders();

/// The folders in which model packages are looked for, first wins: the user's, then the built-in
/// ones. As ModelManager does, so that --model ID is the model that latent models shows.
[[nodiscard]] std::vector<std::filesystem::path> model_folders();

}  // namespace latent::app
