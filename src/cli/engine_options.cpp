// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/engine_options.h"

#include "app/settings_table.h"
#include "app/standard_paths.h"
#include "cli/output.h"

namespace latent::cli {

void EngineOptions::declare(CLI::App& verb) {
  options_.declare(verb, app::engine_settings(), app::Job{});
}

Result<infer::EngineRequest> EngineOptions::request() const {
  app::Job job;
  LATENT_CHECK(options_.into(job));
  print_folder_notices();
  job.engine.cache_dir = app::cache_folder();
  return job.engine;
}

}  // namespace latent::cli
