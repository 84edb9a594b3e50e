// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <string>

#include "app/picture_batches.h"
#include "cli/batch_options.h"
#include "cli/batch_verb.h"
#include "cli/picture_options.h"

namespace latent::cli {

namespace {

struct Options {
  BatchOptions batch;
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
  CLI::Option* denoise =
      verb.add_option("--denoise", options.denoise, "strength of a denoise before, 0 to 100")
          ->check(CLI::Range(0.0, 100.0))
          ->capture_default_str();
  verb.add_option("--denoise-model", options.denoise_model, "the model for --denoise")
      ->needs(denoise);
  verb.add_option("--tolerance", options.tolerance,
                  "damage (sigma in 8-bit steps: noise, JPEG) that shall not be enlarged")
      ->check(CLI::Range(0.0, 255.0))
      ->capture_default_str();
  options.picture.declare(verb);
}

Result<app::UpscaleJob> job_of(const Options& options) {
  app::UpscaleJob job;
  LATENT_CHECK(options.batch.into(job));
  LATENT_CHECK(options.picture.into(job, options.batch.output));
  job.scale = options.scale;
  job.settings.denoise = options.denoise / 100.0;
  job.settings.tolerance = options.tolerance;
  job.denoise_model = options.denoise_model;
  return job;
}

}  // namespace

void add_upscale(CLI::App& program, RunVerb& run_verb) {
  add_batch_verb<Options, declare, job_of, app::run_upscale>(
      program, run_verb, "upscale",
      "Enlarge finished pictures two or four times a side, without inventing texture");
}

}  // namespace latent::cli
