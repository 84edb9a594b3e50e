// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <string>

#include "app/picture_batches.h"
#include "cli/arguments.h"
#include "cli/batch_options.h"
#include "cli/batch_verb.h"
#include "cli/picture_options.h"

namespace latent::cli {

namespace {

struct Options {
  BatchOptions batch;
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
  options.picture.declare(verb);
}

Result<app::DenoiseJob> job_of(const Options& options) {
  app::DenoiseJob job;
  LATENT_CHECK(options.batch.into(job));
  LATENT_CHECK(options.picture.into(job, options.batch.output));
  job.settings.strength = options.strength / 100.0;
  job.settings.luma = options.luma / 100.0;
  job.settings.chroma = options.chroma / 100.0;
  LATENT_TRY(job.settings.level, parse_level(options.level));
  job.settings.detail = options.detail == "none"        ? tasks::Detail::None
                        : options.detail == "darktable" ? tasks::Detail::Darktable
                                                        : tasks::Detail::Auto;
  return job;
}

}  // namespace

void add_denoise(CLI::App& program, RunVerb& run_verb) {
  add_batch_verb<Options, declare, job_of, app::run_denoise>(program, run_verb, "denoise",
                                                             "Remove noise from finished pictures");
}

}  // namespace latent::cli
