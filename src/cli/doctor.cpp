// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/doctor.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/reader.h"
#include "app/standard_paths.h"
#include "base/path.h"
#include "cli/engine_options.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

struct Options {
  LibraryOptions libraries;
  bool json = false;
};

void print_json(const app::Health& health) {
  nlohmann::ordered_json report{{"model", printable(health.model)},
                                {"cache", displayed(app::cache_folder())},
                                {"auto", infer::precision_name(health.automatic)},
                                {"reading", app::reading_words()},
                                {"checkups", nlohmann::json::array()},
                                {"problems", health.problems}};
  for (const auto& checkup : health.checkups) {
    report["checkups"].push_back({{"engine", infer::engine_name(checkup.engine)},
                                  {"device", checkup.device},
                                  {"precision", infer::precision_name(checkup.precision)},
                                  {"works", checkup.works},
                                  {"worst_difference", checkup.verdict.worst},
                                  {"rms_difference", checkup.verdict.rms},
                                  {"start_seconds", checkup.start_seconds},
                                  {"seconds_per_megapixel", checkup.seconds_per_megapixel},
                                  {"loss_db", checkup.loss_db},
                                  {"problem", checkup.problem}});
  }
  print(report.dump(2) + "\n");
}

std::string cache_words() {
  const auto folder = app::cache_folder();
  return folder.empty() ? "none" : displayed(folder);
}

void print_text(const app::Health& health) {
  print(fmt::format("model    {}\n", health.model.empty() ? "none" : printable(health.model)));
  print(fmt::format("cache    {}\n", cache_words()));
  print(fmt::format("reading  files are decoded {}\n", app::reading_words()));
  for (const auto& engine : health.inventory.engines) {
    if (!engine.usable) {
      print(fmt::format("{}: not usable: {}\n", infer::engine_name(engine.engine), engine.problem));
    }
  }
  for (const auto& checkup : health.checkups) {
    const std::string where = fmt::format("{} {} {}", infer::engine_name(checkup.engine),
                                          checkup.device, infer::precision_name(checkup.precision));
    if (checkup.works) {
      print(fmt::format(
          "{:<28} {:.3f} s/MP, starts in {:.2f} s, differs by {:.2g} at most (rms {:.2g}){}\n",
          where, checkup.seconds_per_megapixel, checkup.start_seconds, checkup.verdict.worst,
          checkup.verdict.rms,
          checkup.loss_db > 0 ? fmt::format(", loses up to {:g} dB", checkup.loss_db) : ""));
    } else {
      print(fmt::format("{:<28} not used: {}\n", where, checkup.problem));
    }
  }
  if (!health.checkups.empty()) {
    print(fmt::format("auto     {}\n", infer::precision_name(health.automatic)));
  }
  for (const auto& problem : health.problems) print_error(problem);
}

int run(const Options& options, const std::stop_token& stop) {
  auto request = options.libraries.request();
  if (!request) return usage_error(request.error());
  print_folder_notices();
  request->cache_dir = app::cache_folder();
  const app::Health health = app::examine(*request, stop);
  if (stop.stop_requested()) return kCancelled;
  if (options.json) {
    print_json(health);
  } else {
    print_text(health);
  }
  return health.problems.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_doctor(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "doctor",
      "Test the default model on every device of this computer, for correct results and speed");
  options->libraries.declare(*verb);
  verb->add_flag("--json", options->json, "print one JSON object");
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
