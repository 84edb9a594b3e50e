// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/mask_trace.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "app/mask_trace.h"
#include "base/path.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"

namespace latent::cli {

namespace {

struct Options {
  std::string mask;
  std::string output;
  std::string photograph;
  std::string name = "latent object";
  mask::VectoriseSettings settings;
  bool overwrite = false;
  LimitOptions limits;
};

int run(const Options& options, const std::stop_token& stop) {
  app::MaskTraceJob job;
  job.mask = options.mask;
  job.target = {options.output, options.photograph, 0, options.overwrite};
  job.settings = options.settings;
  job.name = options.name;
  const auto limits = options.limits.limits();
  if (!limits) return usage_error(limits.error());
  job.limits = *limits;
  RunControl control;
  control.stop = stop;
  const auto made = app::trace_mask(job, control);
  if (!made) {
    print_error(made.error().sentence);
    return made.error().code == ErrorCode::Usage ? kUsage : kSomeFailed;
  }
  if (made->spikes_px > 0) {
    print_error(fmt::format("{} pixels of spikes narrower than twice the feather were left out",
                            made->spikes_px));
  }
  print(fmt::format(
      "{} -> {}  (outlines {}, holes {}, nodes {}, one for {:.0f} px of contour, "
      "overlap {:.2f} %)\n",
      displayed(job.mask), displayed(job.target.file), made->outlines, made->holes, made->nodes,
      made->contour_px / static_cast<double>(made->nodes), 100 * made->iou));
  return kAllDone;
}

}  // namespace

void add_mask_trace(CLI::App& mask, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  mask::VectoriseSettings& settings = options->settings;
  CLI::App* verb = mask.add_subcommand(
      "trace", "Makes an editable path of a picture of a mask: for darktable (.xmp), or SVG");
  verb->add_option("mask", options->mask, "the mask: PNG, TIFF or PFM, white is the object")
      ->required()
      ->type_name("MASK");
  verb->add_option("-o,--output", options->output,
                   "the path to write: .xmp (one that exists gets the mask besides its own) or "
                   ".svg")
      ->required();
  verb->add_option("--photo", options->photograph, "the photograph that is masked")
      ->type_name("FILE");
  verb->add_option("--name", options->name, "of the mask in darktable")->capture_default_str();
  verb->add_option("--threshold", settings.threshold, "above it a pixel is of the object")
      ->capture_default_str();
  verb->add_option("--cleanup", settings.cleanup_px2,
                   "outlines and holes of fewer pixels are left out")
      ->capture_default_str();
  verb->add_option("--smoothing", settings.smoothing, "0: all corners, to 1.34: no corner")
      ->capture_default_str();
  verb->add_option("--feather", settings.feather_px,
                   "pixels over which the mask falls outside the path")
      ->capture_default_str();
  verb->add_flag("--overwrite", options->overwrite, "replace what is there, an .xmp as a whole");
  options->limits.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
