// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/devices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/doctor.h"
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

std::vector<std::string> words(const std::vector<infer::Precision>& precisions) {
  std::vector<std::string> result;
  result.reserve(precisions.size());
  for (const auto precision : precisions) result.emplace_back(infer::precision_name(precision));
  return result;
}

void print_json(const infer::Inventory& inventory, const std::vector<app::KnownPace>& paces) {
  nlohmann::ordered_json report{{"engines", nlohmann::json::array()},
                                {"devices", nlohmann::json::array()},
                                {"plugins", nlohmann::json::array()}};
  for (const auto& engine : inventory.engines) {
    report["engines"].push_back({{"engine", infer::engine_name(engine.engine)},
                                 {"usable", engine.usable},
                                 {"version", engine.version},
                                 {"library", displayed(engine.library)},
                                 {"problem", engine.problem}});
  }
  for (const auto& plugin : inventory.plugins) {
    report["plugins"].push_back(
        {{"file", displayed(plugin.file)}, {"usable", plugin.usable}, {"problem", plugin.problem}});
  }
  for (const auto& device : inventory.devices) {
    report["devices"].push_back({{"engine", infer::engine_name(device.engine)},
                                 {"device", device.device},
                                 {"name", printable(device.name)},
                                 {"driver", printable(device.driver)},
                                 {"precisions", words(device.precisions)},
                                 {"auto", infer::precision_name(device.automatic)}});
    auto& measured = report["devices"].back()["measured"] = nlohmann::ordered_json::array();
    for (const auto& pace : paces) {
      if (pace.engine != device.engine || pace.device != device.device) continue;
      measured.push_back({{"precision", infer::precision_name(pace.precision)},
                          {"passed", pace.passed},
                          {"seconds_per_megapixel", pace.seconds_per_megapixel},
                          {"loss_db", pace.loss_db}});
    }
  }
  print(report.dump(2) + "\n");
}

std::string pace_words(const app::KnownPace& pace) {
  const char* precision = infer::precision_name(pace.precision);
  if (!pace.passed) return fmt::format("{} failed its test", precision);
  return fmt::format("{} {:.2f} s/MP{}", precision, pace.seconds_per_megapixel,
                     pace.loss_db > 0 ? fmt::format(" (loses up to {:g} dB)", pace.loss_db) : "");
}

/// One line for a device that was tested; none for others.
void print_paces(const infer::DeviceFacts& device, const std::vector<app::KnownPace>& paces) {
  std::vector<std::string> known;
  for (const auto& pace : paces) {
    if (pace.engine == device.engine && pace.device == device.device) {
      known.push_back(pace_words(pace));
    }
  }
  if (!known.empty()) print(fmt::format("           {}\n", fmt::join(known, ", ")));
}

void print_text(const infer::Inventory& inventory, const std::vector<app::KnownPace>& paces) {
  for (const auto& engine : inventory.engines) {
    if (engine.usable) {
      print(fmt::format("{} {}{}\n", infer::engine_name(engine.engine), engine.version,
                        engine.library.empty() ? "" : "  " + displayed(engine.library)));
    } else {
      print(fmt::format("{}: not usable: {}\n", infer::engine_name(engine.engine), engine.problem));
    }
    for (const auto& device : inventory.devices) {
      if (device.engine != engine.engine) continue;
      print(fmt::format("  {:<8} {}  ({}; best is {})\n", device.device, printable(device.name),
                        fmt::join(words(device.precisions), ", "),
                        infer::precision_name(device.automatic)));
      print_paces(device, paces);
    }
  }
  for (const auto& plugin : inventory.plugins) {
    if (!plugin.usable) print_error(plugin.problem);
  }
}

int run(const Options& options) {
  const auto request = options.libraries.request();
  if (!request) return usage_error(request.error());
  const infer::Inventory inventory = infer::list_devices(*request);
  const auto paces = app::known_paces(inventory, app::cache_folder());
  if (options.json) {
    print_json(inventory, paces);
  } else {
    print_text(inventory, paces);
  }
  const bool all_usable = std::ranges::all_of(inventory.plugins, &infer::PluginFacts::usable);
  return inventory.devices.empty() || !all_usable ? kSomeFailed : kAllDone;
}

}  // namespace

void add_devices(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "devices", "List the engines and devices that can run models on this computer");
  options->libraries.declare(*verb);
  verb->add_flag("--json", options->json, "print one JSON object");
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token&) { return run(*options); };
  });
}

}  // namespace latent::cli
