// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_defaults.h"

#include "app/model_manager.h"

namespace latent::app {

Result<std::string> model_for(const std::string& task, const std::string& asked_for) {
  if (!asked_for.empty()) return asked_for;
  const ModelManager manager(standard_model_setup());
  LATENT_TRY(const ModelEntry entry, manager.enabled(task));
  return entry.path.string();
}

}  // namespace latent::app
