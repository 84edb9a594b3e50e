// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/raw_denoise_batch.h"
#include "base/log.h"
#include "cli/arguments.h"
#include "cli/batch_reporters.h"
#include "cli/engine_options.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string output;
  std::string folder;
  double strength = 100.0;
  std::string model = app::kDefaultRawModel;
  std::string noise = "auto";
  double noise_scale = 1.0;
  EngineOptions engine;
  std::string compression = "lossless";
  std::string region;
  std::string hot_pixels = "remove";
  bool overwrite = false;
  bool skip_existing = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

void declare(CLI::App& verb, Options& options) {
  verb.add_option("files", options.files, "raw files")->required()->type_name("FILE");
  auto* output = verb.add_option("-o,--output", options.output, "the DNG to write (one FILE only)");
  verb.add_option("-O,--output-folder", options.folder, "the folder for the DNGs, made if missing")
      ->excludes(output);
  verb.add_option("--strength", options.strength,
                  "0 gives the source back, 100 removes all noise found")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  verb.add_option("--model", options.model, "a model's id, or a .dtmodel file")
      ->capture_default_str();
  verb.add_option(
          "--noise", options.noise,
          "auto (the file's own profile, else estimated), or A,B: variance = A x + B with x "
          "from black 0 to white 1")
      ->capture_default_str();
  verb.add_option("--noise-scale", options.noise_scale,
                  "times the noise that the network is told of; above 1 is smoother")
      ->check(CLI::Range(0.1, 10.0))
      ->capture_default_str();
  options.engine.declare(verb);
  verb.add_option("--compression", options.compression, "of the DNG")
      ->check(CLI::IsMember({"lossless", "none"}))
      ->capture_default_str();
  verb.add_option("--region", options.region,
                  "X,Y,W,H: only this part of the picture, to try settings quickly");
  verb.add_option("--hot-pixels", options.hot_pixels, "and dead ones: remove, or keep")
      ->check(CLI::IsMember({"remove", "keep"}))
      ->capture_default_str();
  auto* overwrite = verb.add_flag("--overwrite", options.overwrite, "replace what is there");
  verb.add_flag("--skip-existing", options.skip_existing, "leave files whose result is there")
      ->excludes(overwrite);
  auto* json = verb.add_flag("--json", options.json, "one JSON object a line on stdout");
  auto* quiet = verb.add_flag("-q,--quiet", options.quiet, "only what went wrong")->excludes(json);
  verb.add_flag("-v,--verbose", options.verbose, "what was done and where the time went")
      ->excludes(quiet);
}

Result<app::RawDenoiseJob> job_of(const Options& options) {
  app::RawDenoiseJob job;
  job.sources.assign(options.files.begin(), options.files.end());
  if (!options.output.empty() && job.sources.size() > 1) {
    return fail(ErrorCode::Usage,
                fmt::format("-o names one output, but {} files were given; use -O with a folder",
                            job.sources.size()));
  }
  if (!options.output.empty()) job.output.file = options.output;
  if (!options.folder.empty()) job.output.folder = options.folder;
  job.output.if_exists = options.overwrite        ? app::IfExists::Overwrite
                         : options.skip_existing  ? app::IfExists::Skip
                         : options.output.empty() ? app::IfExists::NextFreeName
                                                  : app::IfExists::Refuse;
  job.settings.strength = options.strength / 100.0;
  LATENT_TRY(job.settings.noise, parse_noise(options.noise));
  job.settings.noise_scale = options.noise_scale;
  if (!options.region.empty()) {
    LATENT_TRY(job.settings.region, parse_region(options.region));
  }
  job.settings.repair_defects = options.hot_pixels == "remove";
  job.settings.compression = options.compression == "none" ? tasks::DngCompression::None
                                                           : tasks::DngCompression::LosslessJpeg;
  job.model = options.model;
  LATENT_TRY(job.engine, options.engine.request());
  return job;
}

void print_json_error(const Error& error) {
  const nlohmann::ordered_json event{{"event", "error"},
                                     {"file", nullptr},
                                     {"code", error_code_name(error.code)},
                                     {"message", error.message}};
  fmt::print("{}\n", event.dump());
}

int run(const Options& options, const std::stop_token& stop) {
  const auto job = job_of(options);
  if (!job) return usage_error(job.error());
  if (options.verbose) set_log_level(LogLevel::Info);
  const Verbosity verbosity = options.quiet     ? Verbosity::Quiet
                              : options.verbose ? Verbosity::Verbose
                                                : Verbosity::Normal;
  const auto reporter = options.json ? json_reporter() : text_reporter(verbosity);
  const auto result = app::run_raw_denoise(*job, *reporter, stop);
  if (!result) {
    if (options.json) {
      print_json_error(result.error());
    } else {
      print_error(result.error().message);
    }
    return exit_code_of(result.error().code);
  }
  if (result->cancelled) {
    if (!options.json) print_error("cancelled; nothing half-written is left");
    return kCancelled;
  }
  return result->failed == 0 ? kAllDone : kSomeFailed;
}

}  // namespace

void add_rawdenoise(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "rawdenoise", "Remove sensor noise from raw files; write DNGs that any raw developer opens");
  declare(*verb, *options);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
