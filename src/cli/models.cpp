// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/path.h"
#include "cli/exit_code.h"
#include "cli/models_options.h"
#include "cli/models_run.h"
#include "cli/output.h"

namespace latent::cli {

namespace {

std::string or_not_stated(const std::string& text) {
  return text.empty() ? "not stated" : printable(text);
}

}  // namespace

void ModelsOptions::declare(CLI::App& models) {
  models.add_option("--models-dir", store, "folder of installed models; default: your own")
      ->envname("LATENT_MODELS_DIR");
  models.add_option("--wait", wait_s, "seconds to wait while another program changes that folder")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
}

void ModelsOptions::declare_network(CLI::App& verb) {
  verb.add_option("--proxy", network.proxy,
                  "proxy server; default: https_proxy of the environment");
  verb.add_option("--ca-file", ca_file,
                  "file of certificates to trust instead of those of the system")
      ->envname("LATENT_CA_FILE");
  verb.add_option("--connect-timeout", network.connect_s,
                  "longest time to wait for a server to answer, in seconds")
      ->check(CLI::Range(1L, 3600L))
      ->capture_default_str();
  verb.add_option("--stall-timeout", network.stall_s,
                  "give a download up after so many seconds without data")
      ->check(CLI::Range(1L, 3600L))
      ->capture_default_str();
  verb.add_option("--timeout", network.overall_s, "longest time for one download, in seconds")
      ->check(CLI::Range(1L, 604'800L))
      ->capture_default_str();
  verb.add_option("--darktable-version", darktable_version,
                  "version of darktable whose models to list (repositories in darktable's format)")
      ->capture_default_str();
}

app::ModelManager ModelsOptions::manager() const {
  print_folder_notices();
  app::ModelSetup setup = app::standard_model_setup();
  if (!store.empty()) setup.store = store;
  setup.lock_wait = std::chrono::seconds(wait_s);
  setup.network = network;
  setup.network.ca_file = ca_file;
  setup.darktable_version = darktable_version;
  return app::ModelManager(std::move(setup));
}

int report_error(const Error& error) {
  print_error(error.sentence);
  return error.code == ErrorCode::Usage ? kUsage : exit_code_of(error.code);
}

void print_trust(const models::TrustFacts& trust, const char* indent) {
  print(fmt::format("{}licence:  {}\n", indent, or_not_stated(trust.weights_licence)));
  print(fmt::format("{}data:     {} ({})\n", indent, or_not_stated(trust.data),
                    models::data_name(models::data_class(trust))));
  print(fmt::format("{}data licence: {}\n", indent, or_not_stated(trust.data_licence)));
  print(fmt::format("{}OSAID:    {}\n", indent, or_not_stated(trust.osaid)));
  print(fmt::format("{}MOF:      {}\n", indent, or_not_stated(trust.mof)));
}

void add_models(CLI::App& program, RunVerb& run) {
  CLI::App* models =
      program.add_subcommand("models", "List, install, check and choose models (docs/models.md)");
  models->require_subcommand(1);
  auto shared = std::make_shared<ModelsOptions>();
  shared->declare(*models);
  add_models_list(*models, shared, run);
  add_models_change(*models, shared, run);
  add_models_catalogue(*models, shared, run);
  add_models_quantise(*models, shared, run);
  add_models_publish(*models, run);
  add_models_run(*models, run);
  for (CLI::App* verb : models->get_subcommands({})) verb->fallthrough();
}

}  // namespace latent::cli
