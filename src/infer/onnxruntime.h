// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "infer/devices.h"
#include "infer/engine.h"

namespace latent::infer {

/// create_session() of ONNX Runtime, loaded at run time: cpu, and cuda, migraphx, coreml, directml,
/// openvino as the loaded library offers. Float32 everywhere.
[[nodiscard]] Result<std::unique_ptr<Session>> create_onnxruntime_session(
    const models::Network& network, Size tile, const EngineRequest& request);

/// ONNX Runtime's part of list_devices().
void list_onnxruntime(Inventory& inventory, const EngineRequest& request);

}  // namespace latent::infer
