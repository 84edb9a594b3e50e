// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/child_process.h"
#include "base/frames.h"
#include "infer/devices.h"
#include "infer/engine.h"
#include "infer/hosted/shared_samples.h"
#include "infer/onnx_graph.h"
#include "infer/tensor_session.h"
#include "models/manifest/json.h"

namespace latent::infer {

/// The plug-ins of ONNX Runtime to use: those of the request, else those that the environment's
/// LATENT_ORT_PLUGINS names, with colons between them.
[[nodiscard]] std::vector<std::filesystem::path> find_ort_plugins(const EngineRequest& request);

/// Whether the device asked for may be that of a plug-in.
[[nodiscard]] bool asks_for_plugin(const EngineRequest& request);

/// A device of a plug-in, as latent-engine tells it.
struct HostedDevice {
  std::string word;
  std::string name;
  std::string driver;  ///< versions of ONNX Runtime and the provider, SHA-256 of the plug-in
};

/// latent-engine at work with one plug-in (decision 87). What crashes or hangs there is a sentence
/// here.
///
/// Threads  one at a time; stop() from any.
class EngineHost {
 public:
  /// Starts it, has it load the plug-in and tell its devices. Waits a minute at most, or
  /// `request.start_seconds` where that is less.
  ///
  /// Errors   NotFound   the program or the plug-in is not there, it cannot be used, or crashed or
  ///                     hung while it was loaded: there is no such device.
  ///          Cancelled
  [[nodiscard]] static Result<EngineHost> start(const std::filesystem::path& plugin,
                                                const EngineRequest& request);

  [[nodiscard]] const std::vector<HostedDevice>& devices() const { return devices_; }
  [[nodiscard]] const std::string& version() const { return version_; }  ///< of ONNX Runtime

  /// Compiles a network; `words` say how (Ask::Open).
  ///
  /// Errors   those of ONNX Runtime; Device  it crashed, or took too long; Cancelled
  [[nodiscard]] Status open(const models::Json& words, const std::vector<std::byte>& onnx,
                            const EngineRequest& request);

  /// Runs the network that is open. `stop` ends the process.
  ///
  /// Errors   those of ONNX Runtime; Device  it crashed; Cancelled
  [[nodiscard]] Result<std::vector<NamedTensor>> run(const std::vector<const NamedTensor*>& inputs,
                                                     const std::stop_token& stop);

  /// Asks for an end of the run under way, softly.
  void stop();

  /// Whether the process is there no more.
  [[nodiscard]] bool gone() const { return gone_; }

 private:
  EngineHost(std::filesystem::path plugin, SharedSamples shared, ChildProcess child)
      : plugin_(std::move(plugin)), shared_(std::move(shared)), child_(std::move(child)) {}

  [[nodiscard]] Status load(const EngineRequest& request);
  /// The next answer. `doing` is what the plug-in does meanwhile: "while it was loaded".
  [[nodiscard]] Result<models::Json::Object> answer(const FrameWait& wait, const char* doing,
                                                    double seconds);
  [[nodiscard]] Error why(const Error& error, const char* doing, double seconds);

  std::filesystem::path plugin_;
  std::unique_ptr<std::mutex> sending_ = std::make_unique<std::mutex>();
  SharedSamples shared_;
  ChildProcess child_;
  bool gone_ = false;
  std::string version_;
  std::vector<HostedDevice> devices_;
};

/// A host that has the device of a request.
struct ChosenHost {
  EngineHost host;
  std::size_t device = 0;
};

/// Starts the plug-in that has the device which the request asks for; nothing where it asks for none
/// of a plug-in. "webgpu" is the first of its devices.
///
/// Errors   as EngineHost::start(), where that is why there is no such device; NotFound
[[nodiscard]] Result<std::optional<ChosenHost>> host_of(const EngineRequest& request);

/// create_session() and open_tensor_session() on a device of a plug-in.
[[nodiscard]] Result<std::unique_ptr<Session>> create_hosted_session(const models::Network& network,
                                                                     Size tile,
                                                                     const EngineRequest& request,
                                                                     ChosenHost chosen);
[[nodiscard]] Result<std::unique_ptr<TensorSession>> open_hosted_tensors(
    const OnnxSource& source, const EngineRequest& request, GraphPorts ports,
    const std::map<std::string, std::int64_t>& sizes, ChosenHost chosen);

/// The plug-ins' part of list_devices().
void list_plugins(Inventory& inventory, const EngineRequest& request);

}  // namespace latent::infer
