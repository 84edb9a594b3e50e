// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/model_quantise.h"
#include "base/path.h"
#include "cli/exit_code.h"
#include "cli/models_options.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace latent::cli {

namespace {

struct Options {
  std::string id;
  std::vector<std::string> pictures;
  int threads = 0;
  bool remove = false;
  bool json = false;
};

void print_network(const app::QuantisedNetwork& network) {
  const double most_loss = infer::EngineRequest{}.most_loss_db;  // the default of --max-loss
  print(fmt::format("{}: {} convolutions in 8-bit integers, {:.0f} % of their work\n",
                    printable(network.file), network.convolutions, 100 * network.work));
  std::vector<std::string> losses;
  for (const auto& [condition, lost] : network.losses) {
    losses.push_back(fmt::format("{}: {:g} dB", printable(condition), lost));
  }
  print(fmt::format("  loses up to {:g} dB against float32 ({})\n", network.loss_db,
                    fmt::join(losses, ", ")));
  print(fmt::format("  {:.3g} seconds a megapixel, {:.3g} in float32; {}\n", network.seconds_int8,
                    network.seconds_f32, readable_bytes(static_cast<double>(network.bytes))));
  if (network.loss_db > most_loss) {
    print(
        fmt::format("  --precision auto does not use it: it loses more than {:g} dB; --max-loss "
                    "or --precision int8 does\n",
                    most_loss));
  }
}

nlohmann::ordered_json json_of(const app::QuantisedModel& model) {
  nlohmann::ordered_json networks = nlohmann::ordered_json::array();
  for (const auto& network : model.networks) {
    networks.push_back({{"file", printable(network.file)},
                        {"loss_db", network.loss_db},
                        {"losses", network.losses},
                        {"convolutions", network.convolutions},
                        {"work", network.work},
                        {"seconds_per_megapixel_f32", network.seconds_f32},
                        {"seconds_per_megapixel_int8", network.seconds_int8},
                        {"bytes", network.bytes}});
  }
  return {{"id", model.id},
          {"pictures", model.pictures},
          {"networks", networks},
          {"notices", model.notices}};
}

int forget(const app::ModelManager& manager, const Options& options) {
  if (!options.pictures.empty()) {
    return usage_error({ErrorCode::Usage, "--remove takes no pictures", "", 0});
  }
  const Status gone = app::forget_quantised(manager, options.id);
  if (!gone) return report_error(gone.error());
  print(fmt::format("the int8 network of {} was removed\n", printable(options.id)));
  return kAllDone;
}

int make(const app::ModelManager& manager, const Options& options, const std::stop_token& stop) {
  std::optional<ProgressBar> bar;
  app::QuantiseOptions how;
  for (const std::string& picture : options.pictures) how.pictures.emplace_back(picture);
  how.engine.threads = options.threads;
  how.program = "latent " LATENT_VERSION;
  how.on_step = [&](const std::string& step) {
    bar.reset();
    bar.emplace(printable(options.id) + ": " + step);
  };
  const RunControl control{stop, [&](double done) {
                             if (bar) bar->update(done);
                           }};
  const auto model = app::quantise_model(manager, options.id, how, control);
  bar.reset();
  if (!model) return report_error(model.error());
  for (const std::string& notice : model->notices) print_error(notice);
  if (options.json) {
    print(json_of(*model).dump(2) + "\n");
    return kAllDone;
  }
  for (const auto& network : model->networks) print_network(network);
  print(fmt::format("made from {} on this computer, for this computer's use\n",
                    model->pictures == 1 ? std::string("1 picture")
                                         : fmt::format("{} pictures", model->pictures)));
  return kAllDone;
}

}  // namespace

void add_models_quantise(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = models.add_subcommand(
      "quantise", "Make networks of an installed model in 8-bit integers, for this computer");
  verb->add_option("id", options->id, "the model")->required();
  verb->add_option("--calibrate", options->pictures,
                   "photographs as the model will get them, several and different ones")
      ->type_name("PICTURE ...");
  verb->add_option("--threads", options->threads, "threads of the processor; 0: all")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  verb->add_flag("--remove", options->remove, "remove what was made before");
  verb->add_flag("--json", options->json, "print one JSON object");
  verb->callback([=, &run_verb] {
    run_verb = [=](const std::stop_token& stop) {
      const app::ModelManager manager = shared->manager();
      return options->remove ? forget(manager, *options) : make(manager, *options, stop);
    };
  });
}

}  // namespace latent::cli
