// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <string>

#include "app/raw_denoise_batch.h"
#include "cli/arguments.h"
#include "cli/batch_options.h"
#include "cli/batch_verb.h"

namespace latent::cli {

namespace {

struct Options {
  BatchOptions batch;
  double strength = 100.0;
  std::string noise = "auto";
  double noise_scale = 1.0;
  std::string compression = "lossless";
  std::string region;
  std::string hot_pixels = "remove";
};

void declare(CLI::App& verb, Options& options) {
  options.batch.declare(verb, "raw files", "DNG");
  verb.add_option("--strength", options.strength,
                  "0 gives the source back, 100 removes all noise found")
      ->check(CLI::Range(0.0, 100.0))
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
  verb.add_option("--compression", options.compression, "of the DNG")
      ->check(CLI::IsMember({"lossless", "none"}))
      ->capture_default_str();
  verb.add_option("--region", options.region,
                  "X,Y,W,H: only this part of the picture, to try settings quickly");
  verb.add_option("--hot-pixels", options.hot_pixels, "and dead ones: remove, or keep")
      ->check(CLI::IsMember({"remove", "keep"}))
      ->capture_default_str();
}

Result<app::RawDenoiseJob> job_of(const Options& options) {
  app::RawDenoiseJob job;
  LATENT_CHECK(options.batch.into(job));
  job.settings.strength = options.strength / 100.0;
  LATENT_TRY(job.settings.noise, parse_noise(options.noise));
  job.settings.noise_scale = options.noise_scale;
  if (!options.region.empty()) {
    LATENT_TRY(job.settings.region, parse_region(options.region));
  }
  job.settings.repair_defects = options.hot_pixels == "remove";
  job.settings.compression = options.compression == "none" ? tasks::DngCompression::None
                                                           : tasks::DngCompression::LosslessJpeg;
  return job;
}

}  // namespace

void add_rawdenoise(CLI::App& program, RunVerb& run_verb) {
  add_batch_verb<Options, declare, job_of, app::run_raw_denoise>(
      program, run_verb, "rawdenoise",
      "Remove sensor noise from raw files; write DNGs that any raw developer opens");
}

}  // namespace latent::cli
