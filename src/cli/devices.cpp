// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/devices.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/path.h"
#include "cli/engine_options.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

struct Options {
  std::string ort_library;
  bool json = false;
};

std::vector<std::string> words(const std::vector<infer::Precision>& precisions) {
  std::vector<std::string> result;
  result.reserve(precisions.size());
  for (const auto precision : precisions) result.emplace_back(infer::precision_name(precision));
  return result;
}

void print_json(const infer::Inventory& inventory) {
  nlohmann::ordered_json report{{"engines", nlohmann::json::array()},
                                {"devices", nlohmann::json::array()}};
  for (const auto& engine : inventory.engines) {
    report["engines"].push_back({{"engine", infer::engine_name(engine.engine)},
                                 {"usable", engine.usable},
                                 {"version", engine.version},
                                 {"library", displayed(engine.library)},
                                 {"problem", engine.problem}});
  }
  for (const auto& device : inventory.devices) {
    report["devices"].push_back({{"engine", infer::engine_name(device.engine)},
                                 {"device", device.device},
                                 {"name", printable(device.name)},
                                 {"driver", printable(device.driver)},
                                 {"precisions", words(device.precisions)},
                                 {"auto", infer::precision_name(device.automatic)}});
  }
  print(report.dump(2) + "\n");
}

void print_text(const infer::Inventory& inventory) {
  for (const auto& engine : inventory.engines) {
    if (engine.usable) {
      print(fmt::format("{} {}{}\n", infer::engine_name(engine.engine), engine.version,
                        engine.library.empty() ? "" : "  " + displayed(engine.library)));
    } else {
      print(fmt::format("{}: not usable: {}\n", infer::engine_name(engine.engine), engine.problem));
    }
    for (const auto& device : inventory.devices) {
      if (device.engine != engine.engine) continue;
      print(fmt::format("  {:<8} {}  ({}; auto is {})\n", device.device, printable(device.name),
                        fmt::join(words(device.precisions), ", "),
                        infer::precision_name(device.automatic)));
    }
  }
}

int run(const Options& options) {
  infer::EngineRequest request;
  request.ort_library = options.ort_library;
  const infer::Inventory inventory = infer::list_devices(request);
  if (options.json) {
    print_json(inventory);
  } else {
    print_text(inventory);
  }
  return inventory.devices.empty() ? kSomeFailed : kAllDone;
}

}  // namespace

void add_devices(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "devices", "List the engines and devices that can run models on this computer");
  verb->add_option("--ort-library", options->ort_library, "an ONNX Runtime library of your own");
  verb->add_flag("--json", options->json, "print one JSON object");
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token&) { return run(*options); };
  });
}

}  // namespace latent::cli
