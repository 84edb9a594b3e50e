// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "infer/ort_library.h"
#include "infer/ort_providers.h"

struct OrtEnv;
struct OrtEpDevice;
struct OrtSessionOptions;

namespace latent::infer {

/// A device that a plug-in of ONNX Runtime offers.
struct OrtPluginDevice {
  std::string word;      ///< for EngineRequest::device: "webgpu.gpu", the second "webgpu.gpu.1"
  std::string name;      ///< "NVIDIA GPU, by WebGpuExecutionProvider"
  std::string provider;  ///< "WebGpuExecutionProvider 0.4.0"
  const OrtEpDevice* device = nullptr;  ///< of the environment of its OrtPlugin
};

/// A plug-in that this process has loaded: only latent-engine does that (decision 87). It stays
/// loaded until the process ends.
///
/// Threads  one at a time.
class OrtPlugin {
 public:
  /// Loads a plug-in into that ONNX Runtime and asks it for its devices.
  ///
  /// Errors   NotFound     the file is not there.
  ///          Unsupported  this ONNX Runtime is older than 1.22.
  ///          Device       it is no plug-in, or does not want this ONNX Runtime.
  [[nodiscard]] static Result<OrtPlugin> load(const OrtLibrary& library,
                                              const std::filesystem::path& file);

  [[nodiscard]] const std::vector<OrtPluginDevice>& devices() const { return devices_; }

  /// Sets a session up for that device, and only for it: what the device cannot do is an error.
  [[nodiscard]] Status append(OrtSessionOptions* options, std::size_t device) const;

 private:
  OrtPlugin() = default;

  const OrtApi* api_ = nullptr;
  OrtEnv* env_ = nullptr;  ///< never given back: with it the plug-in would be unloaded
  std::vector<OrtPluginDevice> devices_;
};

/// A device of a plug-in that a session is to be opened for.
struct OrtPluginTarget {
  const OrtPlugin* plugin = nullptr;
  std::size_t device = 0;
};

/// Why a plug-in does not take a network, in a sentence of ONNX Runtime's message, which names places
/// in sources before it comes to the point.
[[nodiscard]] std::string plugin_refusal(std::string_view message);

/// "webgpu.gpu" for WebGpuExecutionProvider and a GPU: lower case, letters, digits and hyphens.
[[nodiscard]] std::string plugin_word(std::string_view provider, std::string_view kind);

}  // namespace latent::infer
