// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

struct OrtApi;

namespace latent::infer {

/// The ONNX Runtime library to load: the user's own path (file or folder), the environment's
/// LATENT_ORT_LIBRARY, the one beside the program (../lib/latent), the one of the build's Python
/// environment, the system's.
///
/// Errors   NotFound  none of them, or not where the user said; the sentence says what to set.
[[nodiscard]] Result<std::filesystem::path> find_ort_library(const std::filesystem::path& asked);

/// A loaded ONNX Runtime; stays loaded until the process ends.
struct OrtLibrary {
  const OrtApi* api = nullptr;
  const OrtApi* plugin_api = nullptr;  ///< of interface 22, for plug-ins; null where it is older
  std::string version;
  std::filesystem::path path;
};

/// Loads what find_ort_library() found and asks for the newest interface that both sides know.
///
/// Errors   NotFound  no library.
///          Device    it cannot be loaded, is no ONNX Runtime, or is older than 1.18.
[[nodiscard]] Result<OrtLibrary> load_ort_library(const std::filesystem::path& asked);

}  // namespace latent::infer
