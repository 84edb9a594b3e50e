// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/model_manager.h"
#include "cli/verbs.h"

namespace latent::cli {

/// What every `latent models` verb takes, and the network's part for those that may use it.
struct ModelsOptions {
  std::string store;
  int wait_s = 60;
  models::NetworkRules network;
  std::string ca_file;
  std::string darktable_version = "5.6.0";

  /// --models-dir, --wait: before or after the verb's own word.
  void declare(CLI::App& models);
  /// --proxy, --ca-file and the time limits.
  void declare_network(CLI::App& verb);
  [[nodiscard]] app::ModelManager manager() const;
};

using SharedModelsOptions = std::shared_ptr<ModelsOptions>;

/// "latent: <sentence>" and the exit code, where a result is an error.
[[nodiscard]] int report_error(const Error& error);

/// The lines of licence, data and classes that are shown of a model, each after `indent`.
void print_trust(const models::TrustFacts& trust, const char* indent);

/// Each declares verbs below `latent models`.
void add_models_list(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run);
void add_models_change(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run);
void add_models_catalogue(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run);
void add_models_quantise(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run);
void add_models_publish(CLI::App& models, RunVerb& run);

}  // namespace latent::cli
