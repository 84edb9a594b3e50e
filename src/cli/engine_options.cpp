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

namespace {

const std::vector<app::Setting>& library_settings() {
  static const std::vector<app::Setting> table = [] {
    std::vector<app::Setting> rows;
    for (const char* key : {"ort_library", "ort_plugins", "limit_start"}) {
      if (const auto* row = app::find_setting(app::engine_settings(), key)) rows.push_back(*row);
    }
    return rows;
  }();
  return table;
}

}  // namespace

void LibraryOptions::declare(CLI::App& verb) {
  options_.declare(verb, library_settings(), app::Job{});
}

Result<infer::EngineRequest> LibraryOptions::request() const {
  app::Job job;
  LATENT_CHECK(options_.into(job));
  return job.engine;
}

}  // namespace latent::cli
