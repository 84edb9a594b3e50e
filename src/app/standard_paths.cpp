// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/standard_paths.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "base/path.h"
#include "base/program_place.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

/// What Latent keeps between two runs, and how a user says where.
struct Kept {
  const char* ours;      ///< names the very folder
  const char* standard;  ///< the variable of the XDG base directory specification
  const char* in_home;   ///< where that points by default
  const char* below;     ///< our part of it
};
constexpr Kept kCache{"LATENT_CACHE", "XDG_CACHE_HOME", ".cache", "latent"};
constexpr Kept kConfig{"LATENT_CONFIG", "XDG_CONFIG_HOME", ".config", "latent"};
constexpr Kept kModels{"LATENT_MODELS_DIR", "XDG_DATA_HOME", ".local/share", "latent/models"};

std::optional<fs::path> from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value);
}

/// A relative path would be another folder wherever the program is started: the specification has
/// it ignored.
std::optional<fs::path> absolute_from_environment(const char* name) {
  auto path = from_environment(name);
  return path && path->is_absolute() ? path : std::nullopt;
}

/// $HOME, else what the system knows of this user.
std::optional<fs::path> home_folder() {
  if (auto home = absolute_from_environment("HOME")) return home;
  constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
  passwd entry{};
  for (std::vector<char> text(1024); text.size() <= kMostBytes; text.resize(2 * text.size())) {
    passwd* found = nullptr;
    const int code = ::getpwuid_r(::getuid(), &entry, text.data(), text.size(), &found);
    if (code == ERANGE) continue;
    if (code != 0 || found == nullptr || found->pw_dir == nullptr) return std::nullopt;
    fs::path home(found->pw_dir);
    return home.is_absolute() ? std::optional(home) : std::nullopt;
  }
  return std::nullopt;
}

/// Why what lies in a folder cannot be taken for this user's; "" where it can, or is not there yet.
std::string distrust(const fs::path& folder) {
  struct stat facts {};
  if (::stat(folder.c_str(), &facts) != 0) return "";
  if (facts.st_uid != 0 && facts.st_uid != ::getuid()) return "belongs to another user";
  if ((facts.st_mode & S_IWOTH) != 0) return "can be written by every user";
  return "";
}

struct Found {
  fs::path folder;     ///< empty: none
  std::string notice;  ///< why there is none
};

/// A folder that the user names is taken as it is; another one has to be the user's own.
Found find(const Kept& kept) {
  if (auto path = from_environment(kept.ours)) return {*path, ""};
  auto base = absolute_from_environment(kept.standard);
  if (!base) {
    const auto home = home_folder();
    if (!home) {
      return {
          {},
          "there is no home folder, so that nothing is kept and no model or setting of your own "
          "is used; set HOME, or LATENT_CACHE, LATENT_CONFIG and LATENT_MODELS_DIR"};
    }
    base = *home / kept.in_home;
  }
  fs::path folder = *base / kept.below;
  const std::string problem = distrust(folder);
  if (problem.empty()) return {std::move(folder), ""};
  return {{},
          "the folder " + quoted(folder) + " " + problem + " and is not used; set " + kept.ours +
              " to one that only you can write"};
}

/// Where packages lie that came with the library or the program.
std::vector<fs::path> folders_beside_us() {
  const fs::path below = fs::path("share") / "latent" / "weights";
  if (const fs::path library = own_library(); !library.empty()) {
    // <prefix>/lib/liblatent.so or <prefix>/lib/x86_64-linux-gnu/liblatent.so; the same below
    // <source>/build/<preset>, where CMake builds.
    std::vector<fs::path> folders;
    fs::path prefix = library.parent_path();
    for (int level = 0; level < 2; ++level) {
      prefix = prefix.parent_path();
      std::error_code unknown;
      const bool is_build = fs::exists(prefix / "CMakeCache.txt", unknown);
      folders.push_back(is_build ? prefix.parent_path().parent_path() / "weights" : prefix / below);
    }
    return folders;
  }
  const fs::path program = program_folder();
  if (program.empty()) return {};
  // The second: <source>/build/<preset>/bin/latent.
  return {program.parent_path() / below,
          program.parent_path().parent_path().parent_path() / "weights"};
}

}  // namespace

fs::path cache_folder() { return find(kCache).folder; }

fs::path config_folder() { return find(kConfig).folder; }

fs::path policy_file() { return standard_places().policy_file(); }

fs::path models_store_folder() { return find(kModels).folder; }

std::vector<std::string> folder_notices() {
  std::vector<std::string> notices;
  for (const Kept& kept : {kCache, kConfig, kModels}) {
    std::string notice = find(kept).notice;
    if (!notice.empty() && std::ranges::find(notices, notice) == notices.end()) {
      notices.push_back(std::move(notice));
    }
  }
  return notices;
}

std::vector<fs::path> built_in_model_folders() {
  std::vector<fs::path> folders;
  if (auto path = from_environment("LATENT_MODELS")) folders.push_back(*path);
  for (fs::path& folder : folders_beside_us()) folders.push_back(std::move(folder));
  return folders;
}

std::vector<fs::path> model_folders() { return standard_places().model_folders(); }

Places standard_places() {
  return {cache_folder(), config_folder(), models_store_folder(), built_in_model_folders()};
}

fs::path Places::policy_file() const { return config.empty() ? config : config / "policy.toml"; }

std::vector<fs::path> Places::model_folders() const {
  std::vector<fs::path> folders = built_in;
  if (!store.empty()) folders.insert(folders.begin(), store);
  return folders;
}

}  // namespace latent::app
