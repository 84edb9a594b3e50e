// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "infer/engine.h"
#include "infer/memory.h"

namespace ov {
class Any;
class Core;
class Model;
}  // namespace ov

// What both kinds of session of OpenVINO share: for the .cpp files that talk to it only, which
// include OpenVINO themselves.
namespace latent::infer {

/// The last line of an exception of OpenVINO says what happened; those before it say where.
[[nodiscard]] std::string openvino_reason(const std::exception& error);

/// Whether an exception of OpenVINO, or of what lies below it, says that memory ran out.
[[nodiscard]] bool is_out_of_memory(const std::exception& error);

/// Runs what may throw; an exception becomes an error of that code, TooLarge where memory ran out.
template <class Function>
auto guarded(ErrorCode code, const std::string& what, Function function)
    -> Result<decltype(function())> {
  try {
    return function();
  } catch (const std::exception& error) {
    if (is_out_of_memory(error)) return out_of_memory(what);
    return fail(code, what + ": " + openvino_reason(error));
  } catch (...) {
    return fail(code, what + ": unknown fault");
  }
}

/// The device and how it computes, settled: no Auto is left in it.
struct OpenVinoDevice {
  std::string device;  ///< OpenVINO's word: "CPU", "GPU.0"
  SessionInfo info;
  Precision arithmetic = Precision::F32;  ///< of what is computed in float: f32, bf16 or f16
  int threads = 0;
  int streams = 1;

  [[nodiscard]] std::map<std::string, ov::Any> config() const;
};

/// Errors   NotFound     no such device.
///          Unsupported  the device cannot compute in that precision.
[[nodiscard]] Result<OpenVinoDevice> choose_openvino_device(ov::Core& core,
                                                            const EngineRequest& request);

/// What OpenVINO says of an ONNX that it cannot read goes to the log: it is for programmers.
///
/// Errors   ModelMismatch  it cannot read it; TooLarge  there is not enough memory.
[[nodiscard]] Result<std::shared_ptr<ov::Model>> read_openvino_model(ov::Core& core,
                                                                     const std::string& onnx);

[[nodiscard]] Result<ov::Core> make_openvino_core();
[[nodiscard]] std::vector<std::string> openvino_capabilities(ov::Core& core,
                                                             const std::string& device);
[[nodiscard]] bool openvino_can(const std::vector<std::string>& found, const char* capability);
[[nodiscard]] Precision openvino_automatic_precision(const std::string& device,
                                                     const std::vector<std::string>& found);
[[nodiscard]] std::string openvino_version_of(ov::Core& core, const std::string& device);
[[nodiscard]] std::string openvino_name_of(ov::Core& core, const std::string& device);

}  // namespace latent::infer
