// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "base/path.h"
#include "base/path_list.h"
#include "base/program_place.h"
#include "infer/hosted/hosted.h"
#include "infer/ort_library.h"

namespace latent::infer {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSystemFolders{
    "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64",
    "/usr/lib",       "/opt/homebrew/lib"};

bool is_library(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("libonnxruntime.so") ||
         (name.starts_with("libonnxruntime") && name.ends_with(".dylib"));
}

/// The library in a folder: the shortest name, which is the link to the current version.
fs::path library_in(const fs::path& folder) {
  fs::path best;
  std::error_code code;
  fs::directory_iterator entries(folder, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
    const fs::path& path = entries->path();
    std::error_code gone;
    if (!is_library(path) || !fs::is_regular_file(path, gone)) continue;
    const bool better = best.empty() || path.native().size() < best.native().size() ||
                        (path.native().size() == best.native().size() && path < best);
    if (better) best = path;
  }
  return best;
}

Result<fs::path> named_by_user(const fs::path& asked, const char* setting) {
  std::error_code code;
  if (fs::is_directory(asked, code)) {
    const fs::path found = library_in(asked);
    if (!found.empty()) return found;
  } else if (fs::is_regular_file(asked, code)) {
    return fs::absolute(asked, code);
  }
  return fail(ErrorCode::NotFound, asked,
              std::string(setting) + " names " + quoted(asked) +
                  ", where there is no ONNX Runtime library");
}

}  // namespace

Result<fs::path> find_ort_library(const fs::path& asked) {
  if (!asked.empty()) return named_by_user(asked, "--ort-library");
  const char* environment = std::getenv("LATENT_ORT_LIBRARY");
  if (environment != nullptr && *environment != '\0') {
    return named_by_user(environment, "LATENT_ORT_LIBRARY");
  }
  if (const fs::path ours = private_folder(); !ours.empty()) {
    const fs::path found = library_in(ours);
    if (!found.empty()) return found;
  }
  const std::string_view built_with = LATENT_ORT_DEFAULT;
  if (!built_with.empty()) {
    const fs::path found = library_in(built_with);
    if (!found.empty()) return found;
  }
  for (const char* folder : kSystemFolders) {
    const fs::path found = library_in(folder);
    if (!found.empty()) return found;
  }
  return fail(ErrorCode::NotFound,
              "no ONNX Runtime library was found; install it or name it in LATENT_ORT_LIBRARY");
}

std::vector<fs::path> find_ort_plugins(const EngineRequest& request) {
  if (!request.ort_plugins.empty()) return request.ort_plugins;
  const char* environment = std::getenv("LATENT_ORT_PLUGINS");  // NOLINT(concurrency-mt-unsafe)
  return path_list(environment == nullptr ? "" : environment);
}

}  // namespace latent::infer
