// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/standard_paths.h"

#include <cstdlib>
#include <optional>
#include <system_error>

namespace latent::app {

namespace fs = std::filesystem;

namespace {

std::optional<fs::path> from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value);
}

/// $variable, else ~/fallback, else a folder of the system's for temporary files.
fs::path user_folder(const char* variable, const char* fallback) {
  if (auto path = from_environment(variable)) return *path;
  if (auto home = from_environment("HOME")) return *home / fallback;
  std::error_code ignored;
  return fs::temp_directory_path(ignored);
}

/// The folder of the running program; empty where the system does not tell.
fs::path program_folder() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::path{} : program.parent_path();
}

}  // namespace

fs::path cache_folder() {
  if (auto path = from_environment("LATENT_CACHE")) return *path;
  return user_folder("XDG_CACHE_HOME", ".cache") / "latent";
}

fs::path config_folder() {
  if (auto path = from_environment("LATENT_CONFIG")) return *path;
  return user_folder("XDG_CONFIG_HOME", ".config") / "latent";
}

fs::path policy_file() { return config_folder() / "policy.toml"; }

fs::path models_store_folder() {
  if (auto path = from_environment("LATENT_MODELS_DIR")) return *path;
  return user_folder("XDG_DATA_HOME", ".local/share") / "latent" / "models";
}

std::vector<fs::path> built_in_model_folders() {
  std::vector<fs::path> folders;
  if (auto path = from_environment("LATENT_MODELS")) folders.push_back(*path);
  const fs::path program = program_folder();
  if (!program.empty()) {
    folders.push_back(program.parent_path() / "share" / "latent" / "weights");
    // <source>/build/<preset>/bin/latent
    folders.push_back(program.parent_path().parent_path().parent_path() / "weights");
  }
  return folders;
}

std::vector<fs::path> model_folders() {
  std::vector<fs::path> folders = built_in_model_folders();
  folders.insert(folders.begin(), models_store_folder());
  return folders;
}

}  // namespace latent::app
