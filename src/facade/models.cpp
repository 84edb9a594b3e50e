// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "facade/convert.h"
#include "facade/state.h"
#include "infer/devices.h"

namespace latent::v0 {

Outcome<std::vector<ModelInfo>> Library::models(std::vector<std::string>* notices) const {
  return facade::outcome_of<std::vector<ModelInfo>>([&]() -> Result<std::vector<ModelInfo>> {
    LATENT_TRY(const auto entries, state_->models().list(notices));
    std::vector<ModelInfo> infos;
    infos.reserve(entries.size());
    for (const app::ModelEntry& entry : entries) infos.push_back(facade::info_of(entry));
    return infos;
  });
}

Outcome<ModelInfo> Library::default_model(const std::string& task) const {
  return facade::outcome_of<ModelInfo>([&]() -> Result<ModelInfo> {
    LATENT_TRY(const app::ModelEntry entry, state_->models().enabled(task));
    return facade::info_of(entry);
  });
}

Outcome<Done> Library::enable_model(const std::string& id) {
  return facade::outcome_of<Done>([&]() -> Result<Done> {
    LATENT_CHECK(state_->models().enable(id));
    return Done{};
  });
}

Outcome<ModelInfo> Library::install_model(const std::filesystem::path& package,
                                          const std::function<bool(const ModelInfo&)>& accept,
                                          const std::stop_token& stop) {
  return facade::outcome_of<ModelInfo>([&]() -> Result<ModelInfo> {
    const app::ModelManager manager = state_->models();
    app::InstallOptions options;
    if (accept) {
      options.consent = [&](const app::ModelQuestion& question) -> Result<bool> {
        const models::TrustFacts& trust = question.trust;
        ModelInfo asked;
        asked.id = question.id;
        asked.version = question.version;
        asked.path = package;
        asked.licences = {trust.weights_licence, trust.data_licence, trust.data, trust.mof,
                          trust.osaid};
        return accept(asked);
      };
    }
    LATENT_TRY(const app::InstalledModel installed,
               manager.import_package(package, options, RunControl{stop, {}}));
    LATENT_TRY(const app::ModelEntry entry, manager.find(installed.id));
    return facade::info_of(entry);
  });
}

Outcome<Done> Library::remove_model(const std::string& id) {
  return facade::outcome_of<Done>([&]() -> Result<Done> {
    LATENT_CHECK(state_->models().remove(id));
    return Done{};
  });
}

Devices list_devices() { return list_devices(Engine{}); }

Devices list_devices(const Engine& engine_asked) {
  Devices devices;
  try {
    infer::EngineRequest request;
    request.ort_library = engine_asked.onnxruntime;
    request.ort_plugins = engine_asked.onnxruntime_plugins;
    request.start_seconds = engine_asked.start_seconds;
    const infer::Inventory inventory = infer::list_devices(request);
    for (const auto& plugin : inventory.plugins) {
      devices.plugins.push_back({plugin.file, plugin.usable, plugin.problem});
    }
    for (const auto& engine : inventory.engines) {
      devices.engines.push_back(
          {facade::kind_of(engine.engine), engine.usable, engine.version, engine.problem});
    }
    for (const auto& device : inventory.devices) {
      DeviceInfo info;
      info.engine = facade::kind_of(device.engine);
      info.device = device.device;
      info.name = device.name;
      info.driver = device.driver;
      for (const auto precision : device.precisions) {
        info.precisions.push_back(facade::precision_of(precision));
      }
      info.automatic = facade::precision_of(device.automatic);
      devices.devices.push_back(std::move(info));
    }
  } catch (...) {
    devices.engines.push_back({EngineKind::Auto, false, "", error_of_exception().sentence});
  }
  return devices;
}

}  // namespace latent::v0
