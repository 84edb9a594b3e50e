// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "infer/engine.h"
#include "infer/ort_plugin.h"
#include "infer/ort_providers.h"

struct OrtEnv;
struct OrtSession;

// What both kinds of session of ONNX Runtime share: for the .cpp files that talk to it only.
namespace latent::infer {

/// ONNX Runtime, ready to take a network for the device that was asked for.
struct OrtSetup {
  const OrtApi* api = nullptr;
  SessionInfo info;
  OrtHandle<OrtEnv> env;
  OrtHandle<OrtSessionOptions> options;
  bool on_plugin = false;  ///< what it says of a network is then of the device
};

/// What ONNX Runtime computes in where that precision is asked for.
///
/// Errors   Unsupported  another precision than f32 and int8.
[[nodiscard]] Result<Precision> ort_precision(Precision asked);

/// For the device of a plug-in where one is given, whatever request.device says.
///
/// Errors   NotFound     no library, or no such device.
///          Unsupported  as ort_precision().
///          Device       the library or the device cannot be started.
[[nodiscard]] Result<OrtSetup> set_up_ort(const EngineRequest& request,
                                          const models::OptimizationRule& optimization,
                                          const OrtPluginTarget& target = {});

/// A session of ONNX Runtime over one network; it goes before its environment does.
struct OrtNetwork {
  OrtSetup setup;
  OrtHandle<OrtSession> session;
};

/// Gives it the network, waiting as patience_of(request).
///
/// Errors   ModelMismatch  it cannot take it.
///          TooLarge       there is not enough memory.
///          Device         not in time.
///          Cancelled
[[nodiscard]] Result<OrtNetwork> open_ort_network(OrtSetup setup, std::span<const std::byte> onnx,
                                                  const EngineRequest& request);

}  // namespace latent::infer
