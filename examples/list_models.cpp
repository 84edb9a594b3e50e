// SPDX-License-Identifier: GPL-3.0-or-later
// list_models: the models that are installed, and the devices that can run them.
#include <latent/latent.h>

#include <iostream>

int main() {
  auto library = latent::Library::open();
  if (!library) {
    std::cerr << library.failure().sentence << '\n';
    return 1;
  }
  const auto models = library->models();
  if (!models) {
    std::cerr << models.failure().sentence << '\n';
    return 1;
  }
  for (const latent::ModelInfo& model : *models) {
    std::cout << (model.enabled ? "* " : "  ") << model.id << ' ' << model.version << " for "
              << model.task << ", licence "
              << (model.licences.weights.empty() ? "not stated" : model.licences.weights) << '\n';
  }
  for (const latent::DeviceInfo& device : latent::list_devices().devices) {
    std::cout << latent::name(device.engine) << ' ' << device.device << ": " << device.name << '\n';
  }
  return models->empty() ? 1 : 0;
}
