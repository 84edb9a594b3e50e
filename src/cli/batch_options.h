// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/batch.h"
#include "cli/engine_options.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

namespace latent::cli {

/// What every verb that works through files takes: files, where results go, what to do where they
/// are there, the model and what runs it, and how much is said.
struct BatchOptions {
  std::vector<std::string> files;
  std::string output;
  std::string folder;
  std::string model;
  EngineOptions engine;
  bool overwrite = false;
  bool skip_existing = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;

  /// `what` is what the files are ("raw files"), `result` what is written ("DNG").
  void declare(CLI::App& verb, const char* what, const char* result);

  /// Errors   Usage  one output for many files.
  [[nodiscard]] Result<app::OutputRule> output_rule() const;
  [[nodiscard]] std::vector<std::filesystem::path> sources() const;

  using Run = std::function<Result<app::BatchResult>(app::BatchObserver&, const std::stop_token&)>;
  /// Runs the batch with the reporter asked for; gives the exit code.
  [[nodiscard]] int report(const Run& run, const std::stop_token& stop) const;
};

}  // namespace latent::cli
