// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "infer/devices.h"
#include "infer/engine.h"

namespace latent::infer {

/// Whether the word asks for a device of OpenVINO: auto, cpu, gpu, gpu.N, npu.
[[nodiscard]] bool is_openvino_device(const std::string& device);

/// create_session() of OpenVINO: processor, Intel GPU and NPU.
[[nodiscard]] Result<std::unique_ptr<Session>> create_openvino_session(
    const models::Network& network, Size tile, const EngineRequest& request);

/// OpenVINO's part of list_devices().
void list_openvino(Inventory& inventory);

}  // namespace latent::infer
