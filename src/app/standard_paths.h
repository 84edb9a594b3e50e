// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

namespace latent::app {

/// Where Latent may keep what it can make again (compiled networks, proofs of devices):
/// $LATENT_CACHE, else $XDG_CACHE_HOME/latent, else ~/.cache/latent. Not made here.
[[nodiscard]] std::filesystem::path cache_folder();

/// The folders in which model packages are looked for, first wins: $LATENT_MODELS,
/// $XDG_DATA_HOME/latent/models (else ~/.local/share/latent/models), the packages installed with
/// the program (<prefix>/share/latent/weights), and those of the source tree the program was built
/// in.
[[nodiscard]] std::vector<std::filesystem::path> model_folders();

}  // namespace latent::app
