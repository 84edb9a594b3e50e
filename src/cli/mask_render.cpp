// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include "app/mask_render.h"
#include "app/output_file.h"
#include "base/path.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

struct Options {
  std::string edit;
  std::string output;
  std::string size;
  std::string photograph;
  std::string mask;
  int bits = 0;
  bool overwrite = false;
  LimitOptions limits;
};

/// "6000x4000".
Result<Size> parse_size(const std::string& text) {
  Size size;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, size.width);
  if (error == std::errc{} && at != end && *at == 'x') {
    const auto [last, second] = std::from_chars(at + 1, end, size.height);
    if (second == std::errc{} && last == end && size.width > 0 && size.height > 0) return size;
  }
  return fail(ErrorCode::Usage,
              "--size " + printable(text) + ": a size is written as WxH, for instance 6000x4000");
}

int run(const Options& options, const std::stop_token& stop) {
  app::MaskRenderJob job;
  job.edit = options.edit;
  job.mask = options.mask;
  job.target = {app::file_in(options.output, options.edit, "_mask", "png"), options.photograph,
                options.bits, options.overwrite};
  if (job.target.file.empty()) {
    job.target.file = std::filesystem::path(job.edit).replace_extension("").native() + "_mask.png";
  }
  if (!options.size.empty()) {
    const auto size = parse_size(options.size);
    if (!size) return usage_error(size.error());
    job.size = *size;
  }
  const auto limits = options.limits.limits();
  if (!limits) return usage_error(limits.error());
  job.limits = *limits;
  RunControl control;
  control.stop = stop;
  const auto rendered = app::render_mask(job, control);
  if (!rendered) {
    print_error(rendered.error().sentence);
    return rendered.error().code == ErrorCode::Usage ? kUsage : kSomeFailed;
  }
  for (const std::string& notice : rendered->notices) print_error(notice);
  print(fmt::format("{} -> {}  (mask '{}', {} x {})\n", displayed(job.edit),
                    displayed(job.target.file), printable(rendered->name), rendered->size.width,
                    rendered->size.height));
  return kAllDone;
}

}  // namespace

void add_mask_render(CLI::App& mask, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = mask.add_subcommand(
      "render", "Draws a mask of a darktable edit (its paths), or one out of a .dtdata");
  verb->add_option("edit", options->edit, "darktable's .xmp, or its .dtdata")
      ->required()
      ->type_name("EDIT");
  verb->add_option("-o,--output", options->output,
                   "the picture to write: .png, .tif or .pfm; else beside the edit, as .png");
  verb->add_option("--photo", options->photograph, "the photograph, for its size")
      ->type_name("FILE");
  verb->add_option("--size", options->size, "its size, not turned, where it is not at hand")
      ->type_name("WxH");
  verb->add_option("--mask", options->mask,
                   "name or number of the mask; else the last that is in no group");
  verb->add_option("--bits", options->bits, "8 or 16 of a PNG, 16 or 32 (float) of a TIFF")
      ->check(CLI::IsMember({8, 16, 32}));
  verb->add_flag("--overwrite", options->overwrite, "replace what is there");
  options->limits.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
