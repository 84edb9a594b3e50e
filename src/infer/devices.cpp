// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/devices.h"

#include "infer/hosted/hosted.h"
#include "infer/onnxruntime.h"
#include "infer/openvino.h"

namespace latent::infer {

Inventory list_devices(const EngineRequest& request) {
  Inventory inventory;
  list_openvino(inventory);
  list_onnxruntime(inventory, request);
  list_plugins(inventory, request);
  return inventory;
}

}  // namespace latent::infer
