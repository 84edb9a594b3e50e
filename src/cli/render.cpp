// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "app/output_file.h"
#include "app/render.h"
#include "base/path.h"
#include "cli/arguments.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

struct Options {
  std::string file;
  std::string output;
  std::string region;
  int size = 0;
  bool overwrite = false;
  LimitOptions limits;
};

int run(const Options& options) {
  app::RenderJob job;
  job.source = options.file;
  job.target = app::file_in(options.output, job.source, "_render", "png");
  job.longest_side_px = options.size;
  job.overwrite = options.overwrite;
  if (!options.region.empty()) {
    const auto region = parse_region(options.region);
    if (!region) return usage_error(region.error());
    job.region = *region;
  }
  const auto limits = options.limits.limits();
  if (!limits) return usage_error(limits.error());
  job.limits = *limits;
  const auto size = app::render(job);
  if (!size) {
    print_error(size.error().sentence);
    return size.error().code == ErrorCode::Usage ? kUsage : kSomeFailed;
  }
  print(fmt::format("{} -> {}  ({} x {})\n", displayed(job.source), displayed(job.target),
                    size->width, size->height));
  return kAllDone;
}

}  // namespace

void add_render(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "render", "Develop a raw file or DNG plainly, for viewing and comparing");
  verb->add_option("file", options->file, "raw file")->required()->type_name("FILE");
  verb->add_option("-o,--output", options->output, "picture to write: .png, .jpg or .tif")
      ->required();
  verb->add_option("--region", options->region, "develop only this part: X,Y,W,H, before rotation");
  verb->add_option("--size", options->size, "longest side in pixels; 0: full size")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--overwrite", options->overwrite, "replace existing files");
  options->limits.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token&) { return run(*options); };
  });
}

}  // namespace latent::cli
