// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "app/picture_batches.h"
#include "cli/arguments.h"
#include "cli/batch_options.h"
#include "cli/output.h"
#include "cli/picture_options.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

struct Options {
  BatchOptions batch;
  std::string compat = "none";
  PictureOptions picture;
  int scale = 2;
  double denoise = 0.0;
  double tolerance = 0.0;
  std::string denoise_model;
};

void declare(CLI::App& verb, Options& options) {
  options.batch.declare(verb, "finished pictures: TIFF, PNG, JPEG, OpenEXR, JPEG XL, or raws",
                        "picture");
  verb.add_option("--scale", options.scale, "2 or 4 times the sides")
      ->required()
      ->check(CLI::IsMember({2, 4}));
  verb.add_option("--denoise", options.denoise, "strength of a denoise before, 0 to 100")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  verb.add_option("--denoise-model", options.denoise_model, "the model for --denoise");
  verb.add_option("--tolerance", options.tolerance,
                  "damage (sigma in 8-bit steps: noise, JPEG) that shall not be enlarged")
      ->check(CLI::Range(0.0, 255.0))
      ->capture_default_str();
  verb.add_option("--compat", options.compat, kCompatHelp)->capture_default_str();
  options.picture.declare(verb);
}

Result<app::UpscaleJob> job_of(const Options& options) {
  app::UpscaleJob job;
  job.sources = options.batch.sources();
  LATENT_TRY(job.output, options.batch.output_rule());
  job.extension = options.picture.extension();
  job.scale = options.scale;
  job.settings.denoise = options.denoise / 100.0;
  job.settings.tolerance = options.tolerance;
  LATENT_TRY(job.settings.compat, parse_compat(options.compat));
  job.settings.wide_gamut = options.picture.gamut();
  LATENT_TRY(job.settings.region, options.picture.part());
  LATENT_TRY(job.settings.output, options.picture.settings(options.batch.output));
  job.model = options.batch.model;
  job.denoise_model = options.denoise_model;
  LATENT_TRY(job.engine, options.batch.engine.request());
  return job;
}

int run(const Options& options, const std::stop_token& stop) {
  const auto job = job_of(options);
  if (!job) return usage_error(job.error());
  return options.batch.report(
      [&](app::BatchObserver& observer, const std::stop_token& token) {
        return app::run_upscale(*job, observer, token);
      },
      stop);
}

}  // namespace

void add_upscale(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "upscale", "Enlarge finished pictures two or four times a side, without inventing texture");
  declare(*verb, *options);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
