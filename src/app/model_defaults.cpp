// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_defaults.h"

#include "app/model_manager.h"
#include "app/model_policy.h"
#include "app/standard_paths.h"
#include "models/registry.h"

namespace latent::app {

Result<models::Package> open_model(const std::string& id_or_path) {
  LATENT_TRY(const models::Policy policy, read_policy(policy_file()));
  LATENT_TRY(auto package, models::Registry(model_folders()).open(id_or_path));
  const models::Manifest& manifest = package.manifest();
  LATENT_CHECK(hold_to_policy(policy, manifest.id, models::trust_of(manifest)));
  return package;
}

Result<models::Package> open_model_for(const std::string& task, const std::string& asked_for) {
  if (!asked_for.empty()) return open_model(asked_for);
  const ModelManager manager(standard_model_setup());
  LATENT_TRY(const ModelEntry entry, manager.enabled(task));
  return open_model(entry.path.string());
}

}  // namespace latent::app
