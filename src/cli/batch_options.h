// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/batch.h"
#include "cli/arguments.h"
#include "cli/engine_options.h"
#include "cli/limit_options.h"

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
  LimitOptions limits;
  std::string compat = "none";
  bool overwrite = false;
  bool skip_existing = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;

  /// `what` is what the files are ("raw files"), `result` what is written ("DNG").
  void declare(CLI::App& verb, const char* what, const char* result);

  /// Puts what was said here into a job of any of these verbs.
  ///
  /// Errors   Usage  one output for many files; as parse_compat(), EngineOptions::request() and
  ///                 LimitOptions::limits().
  template <class Job>
  [[nodiscard]] Status into(Job& job) const {
    job.sources = {files.begin(), files.end()};
    LATENT_TRY(job.output, output_rule());
    LATENT_TRY(job.settings.compat, parse_compat(compat));
    job.model = model;
    LATENT_TRY(job.engine, engine.request());
    LATENT_TRY(job.limits, limits.limits());
    return {};
  }

  using Run = std::function<Result<app::BatchResult>(app::BatchObserver&, const std::stop_token&)>;
  /// Runs the batch with the reporter asked for; gives the exit code.
  [[nodiscard]] int report(const Run& run, const std::stop_token& stop) const;

 private:
  [[nodiscard]] Result<app::OutputRule> output_rule() const;
};

}  // namespace latent::cli
