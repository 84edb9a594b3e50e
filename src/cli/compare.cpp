// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/output_file.h"
#include "base/path.h"
#include "cli/arguments.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string a;
  std::string b;
  std::string region;
  std::string output;
  bool overwrite = false;
  bool json = false;
  LimitOptions limits;
};

Json number_or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}

void print_json(const Options& options, const app::Similarity& found) {
  Json report{{"a", displayed(options.a)},
              {"b", displayed(options.b)},
              {"width", found.size.width},
              {"height", found.size.height},
              {"identical", found.largest == 0.0},
              {"psnr", number_or_null(found.psnr)},
              {"ssim", number_or_null(found.ssim)},
              {"largest", found.largest},
              {"largest_at", {found.largest_at.x, found.largest_at.y}},
              {"mean", found.mean}};
  report["output"] = options.output.empty() ? Json(nullptr) : Json(displayed(options.output));
  print(report.dump() + "\n");
}

void print_text(const app::Similarity& found) {
  constexpr double kSteps = 255;
  if (!found.psnr) {
    print(fmt::format("{} x {} pixels, no difference\n", found.size.width, found.size.height));
    return;
  }
  print(fmt::format("{} x {} pixels, 8-bit steps of sRGB\n", found.size.width, found.size.height));
  print(fmt::format("PSNR      {:.3f} dB\n", *found.psnr));
  if (found.ssim) print(fmt::format("SSIM      {:.5f}\n", *found.ssim));
  print(fmt::format("largest   {:.3f} at {},{}\n", found.largest * kSteps, found.largest_at.x,
                    found.largest_at.y));
  print(fmt::format("mean      red {:+.4f}, green {:+.4f}, blue {:+.4f}\n", found.mean[0] * kSteps,
                    found.mean[1] * kSteps, found.mean[2] * kSteps));
}

int run(const Options& options, const std::stop_token& stop) {
  app::CompareJob job;
  job.a = options.a;
  job.b = options.b;
  job.overwrite = options.overwrite;
  if (!options.output.empty()) {
    job.target = app::file_in(options.output, job.a, "_compare", "png");
    const auto taken = app::check_output_file(*job.target, "compare", {"png"});
    if (!taken) return usage_error(taken.error());
  }
  if (!options.region.empty()) {
    const auto region = parse_region(options.region);
    if (!region) return usage_error(region.error());
    job.region = *region;
  }
  const auto limits = options.limits.limits();
  if (!limits) return usage_error(limits.error());
  job.limits = *limits;
  const auto found = app::compare(job, {stop, {}});
  if (!found) {
    print_error(found.error().sentence);
    return exit_code_of(found.error().code);
  }
  if (options.json) {
    print_json(options, *found);
  } else {
    print_text(*found);
  }
  return kAllDone;
}

}  // namespace

void add_compare(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "compare", "Measure how much two pictures differ: PSNR, SSIM, differences");
  verb->add_option("a", options->a, "picture or raw file")->required()->type_name("A");
  verb->add_option("b", options->b, "another one of the same size")->required()->type_name("B");
  verb->add_option("--region", options->region, "compare only this part: X,Y,W,H");
  verb->add_option("-o,--output", options->output,
                   "also write a PNG with A on the left and B on the right");
  verb->add_flag("--overwrite", options->overwrite, "replace existing files");
  verb->add_flag("--json", options->json, "print one JSON object");
  options->limits.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
