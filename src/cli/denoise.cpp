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
  double strength = 100.0;
  double luma = 100.0;
  double chroma = 100.0;
  std::string level = "auto";
  std::string detail = "auto";
};

void declare(CLI::App& verb, Options& options) {
  options.batch.declare(verb, "finished pictures: TIFF, PNG, JPEG, OpenEXR, JPEG XL, or raws",
                        "picture");
  verb.add_option("--strength", options.strength,
                  "0 gives the source back, 100 removes all noise found")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  verb.add_option("--luma", options.luma, "times the strength: of the noise in light")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  verb.add_option("--chroma", options.chroma, "times the strength: of the noise in colour")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  verb.add_option("--level", options.level,
                  "auto (measured), or the noise's sigma in 8-bit steps of sRGB")
      ->capture_default_str();
  verb.add_option("--detail", options.detail,
                  "how texture comes back below full strength: auto (by the noise measured), "
                  "darktable (its thresholds), none (a plain blend)")
      ->check(CLI::IsMember({"auto", "darktable", "none"}))
      ->capture_default_str();
  verb.add_option("--compat", options.compat, kCompatHelp)->capture_default_str();
  options.picture.declare(verb);
}

Result<app::DenoiseJob> job_of(const Options& options) {
  app::DenoiseJob job;
  job.sources = options.batch.sources();
  LATENT_TRY(job.output, options.batch.output_rule());
  job.extension = options.picture.extension();
  job.settings.strength = options.strength / 100.0;
  job.settings.luma = options.luma / 100.0;
  job.settings.chroma = options.chroma / 100.0;
  LATENT_TRY(job.settings.level, parse_level(options.level));
  job.settings.detail = options.detail == "none"        ? tasks::Detail::None
                        : options.detail == "darktable" ? tasks::Detail::Darktable
                                                        : tasks::Detail::Auto;
  LATENT_TRY(job.settings.compat, parse_compat(options.compat));
  job.settings.wide_gamut = options.picture.gamut();
  LATENT_TRY(job.settings.region, options.picture.part());
  LATENT_TRY(job.settings.output, options.picture.settings(options.batch.output));
  job.model = options.batch.model;
  LATENT_TRY(job.engine, options.batch.engine.request());
  return job;
}

int run(const Options& options, const std::stop_token& stop) {
  const auto job = job_of(options);
  if (!job) return usage_error(job.error());
  return options.batch.report(
      [&](app::BatchObserver& observer, const std::stop_token& token) {
        return app::run_denoise(*job, observer, token);
      },
      stop);
}

}  // namespace

void add_denoise(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand("denoise", "Remove noise from finished pictures");
  declare(*verb, *options);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
