// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace latent::app {

// What is kept in these folders is believed: models run, verdicts say which device computes
// rightly. So each is the user's own, or none (an empty path), never one that anybody could have
// prepared: the home folder is $HOME, else the one the system knows of this user; a variable of the
// XDG specification that is empty or relative is ignored; a folder that belongs to another user
// (root apart) or that every user may write is not used. One that is named by a variable of
// Latent's own is used as it is. folder_notices() says what is left out.

/// Where Latent may keep what it can make again (compiled networks, proofs of devices):
/// $LATENT_CACHE, else $XDG_CACHE_HOME/latent, else ~/.cache/latent. Not made here; empty: none.
[[nodiscard]] std::filesystem::path cache_folder();

/// Where the user's settings are: $LATENT_CONFIG, else $XDG_CONFIG_HOME/latent, else
/// ~/.config/latent. Not made here; empty: none.
[[nodiscard]] std::filesystem::path config_folder();

/// The user's policy of models, in config_folder(); empty: none.
[[nodiscard]] std::filesystem::path policy_file();

/// The user's models (models::Store): $LATENT_MODELS_DIR, else $XDG_DATA_HOME/latent/models, else
/// ~/.local/share/latent/models. Not made here; empty: none.
[[nodiscard]] std::filesystem::path models_store_folder();

/// One sentence for each reason for which one of these folders is none.
[[nodiscard]] std::vector<std::string> folder_notices();

/// Folders of packages that latent models never changes: $LATENT_MODELS, the packages installed
/// with the program or with liblatent, whichever this code is part of
/// (<prefix>/share/latent/weights), and those of the source tree it was built in.
[[nodiscard]] std::vector<std::filesystem::path> built_in_model_folders();

/// The folders in which model packages are looked for, first wins: the user's, then the built-in
/// ones. As ModelManager does, so that --model ID is the model that latent models shows.
[[nodiscard]] std::vector<std::filesystem::path> model_folders();

/// All of these folders, for whoever may use others: a program that links the library names its
/// own.
struct Places {
  std::filesystem::path cache;   ///< empty: nothing is kept
  std::filesystem::path config;  ///< of policy.toml; empty: none
  std::filesystem::path store;   ///< the user's models; empty: none
  std::vector<std::filesystem::path> built_in;

  [[nodiscard]] std::filesystem::path policy_file() const;
  [[nodiscard]] std::vector<std::filesystem::path> model_folders() const;
};

/// The folders above, as this process's environment has them now.
[[nodiscard]] Places standard_places();

}  // namespace latent::app
