// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/path.h"
#include "cli/exit_code.h"
#include "cli/models_options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "models/store/local_int8.h"
#include "models/store/package.h"

namespace latent::cli {

namespace {

using nlohmann::ordered_json;

bool is_hidden(const std::vector<std::string>& objections, const models::Policy& policy) {
  return !objections.empty() && policy.action == models::Policy::Action::Hide;
}

ordered_json trust_json(const models::TrustFacts& trust) {
  return {{"weights_licence", printable(trust.weights_licence)},
          {"data_licence", printable(trust.data_licence)},
          {"data", printable(trust.data)},
          {"data_class", models::data_name(models::data_class(trust))},
          {"osaid", printable(trust.osaid)},
          {"mof", printable(trust.mof)}};
}

ordered_json entry_json(const app::ModelEntry& entry) {
  ordered_json json{{"id", entry.id},
                    {"name", printable(entry.facts.name)},
                    {"task", printable(entry.facts.task)},
                    {"version", entry.facts.version},
                    {"description", printable(entry.facts.description)},
                    {"path", displayed(entry.path)},
                    {"built_in", entry.built_in},
                    {"enabled", entry.enabled},
                    {"pinned", entry.pinned},
                    {"kinds", entry.facts.kinds},
                    {"trust", trust_json(entry.facts.trust)},
                    {"objections", entry.objections},
                    {"problem", entry.facts.problem},
                    {"changed", entry.changed}};
  json["origin"] = nullptr;
  if (entry.origin && !entry.changed) {
    json["origin"] = {{"kind", entry.origin->kind},
                      {"source", printable(entry.origin->source)},
                      {"sha256", entry.origin->sha256},
                      {"when", entry.origin->when}};
  }
  return json;
}

std::string remark(const app::ModelEntry& entry) {
  if (!entry.facts.problem.empty()) return "cannot be used: " + entry.facts.problem;
  if (!entry.objections.empty()) return "refused by your policy: " + entry.objections.front();
  std::vector<std::string> words;
  if (entry.built_in) words.emplace_back("built in");
  if (entry.overrides_built_in) words.emplace_back("instead of the built-in one");
  if (entry.pinned) words.emplace_back("pinned");
  if (entry.changed) words.emplace_back("changed since it was installed");
  if (entry.facts.kinds.empty()) words.emplace_back("darktable's, no golden tensors");
  return fmt::format("{}", fmt::join(words, ", "));
}

void print_list(const std::vector<app::ModelEntry>& entries) {
  std::size_t widest = 0;
  for (const auto& entry : entries) widest = std::max(widest, entry.id.size());
  std::string task = "\n";
  for (const auto& entry : entries) {
    if (entry.facts.task != task) {
      task = entry.facts.task;
      print(fmt::format("{}\n", task.empty() ? "(not readable)" : printable(task)));
    }
    print(fmt::format("  {} {:<{}}  {:<8} {}\n", entry.enabled ? "*" : " ", entry.id, widest,
                      entry.facts.version, remark(entry)));
  }
  if (entries.empty()) print("no models\n");
}

int list(const ModelsOptions& shared, bool json, bool all) {
  const auto manager = shared.manager();
  std::vector<std::string> notices;
  auto entries = manager.list(&notices);
  if (!entries) return report_error(entries.error());
  for (const std::string& notice : notices) print_error(notice);
  const auto policy = manager.policy();
  if (!all && policy) {
    std::erase_if(*entries,
                  [&](const auto& entry) { return is_hidden(entry.objections, *policy); });
  }
  if (!json) {
    print_list(*entries);
    return kAllDone;
  }
  ordered_json report{{"models", ordered_json::array()}};
  for (const auto& entry : *entries) report["models"].push_back(entry_json(entry));
  print(report.dump(2) + "\n");
  return kAllDone;
}

void print_networks(const models::Manifest& manifest) {
  if (!manifest.latent) return;
  for (const auto& network : manifest.latent->networks) {
    std::vector<std::string_view> sensors;
    for (const SensorClass sensor : network.cfa) {
      sensors.emplace_back(sensor_class_name(sensor));
    }
    print(fmt::format("network {}: {} ({}){}{}, stride {} px, reach {} px\n", network.id,
                      network.file, models::network_kind_name(network.kind),
                      sensors.empty() ? "" : " for ", fmt::join(sensors, ", "), network.stride_px,
                      network.reach_px));
    if (network.int8) {
      print(fmt::format("  int8: {}, loses up to {:g} dB\n", printable(network.int8->file),
                        network.int8->loss_db));
      for (const auto& [condition, lost] : network.int8->losses) {
        print(fmt::format("    {}: {:g} dB\n", printable(condition), lost));
      }
    }
  }
  for (const auto& graph : manifest.latent->graphs) {
    print(fmt::format("network {}: {} (graph_v1)\n", graph.id, graph.file));
    const auto ports = [](const char* side, const std::vector<models::GraphPort>& list) {
      for (const auto& port : list) {
        print(fmt::format("  {} {} {} [{}] {}\n", side, printable(port.name), port.type,
                          fmt::join(port.dims, ", "), printable(port.meaning)));
      }
    };
    ports("in ", graph.inputs);
    ports("out", graph.outputs);
  }
}

void print_details(const app::ModelEntry& entry, const models::Manifest& manifest) {
  print(fmt::format("{} {}: {}\n", entry.id, manifest.version, printable(manifest.name)));
  if (!manifest.description.empty()) print(fmt::format("{}\n", printable(manifest.description)));
  print(
      fmt::format("task:     {}{}\n", printable(manifest.task), entry.enabled ? " (enabled)" : ""));
  print(
      fmt::format("package:  {}{}\n", displayed(entry.path), entry.built_in ? " (built in)" : ""));
  if (entry.origin && !entry.changed) {
    print(fmt::format("from:     {} {}, {}\n", entry.origin->kind, printable(entry.origin->source),
                      entry.origin->when));
    print(fmt::format("sha256:   {}\n", entry.origin->sha256));
  }
  print_trust(entry.facts.trust, "");
  if (manifest.latent) {
    print(fmt::format("recipe:   {} ({})\n", printable(manifest.latent->provenance.recipe),
                      printable(manifest.latent->provenance.commit)));
  }
  for (const std::string& objection : entry.objections) {
    print(fmt::format("policy:   refused: {}\n", objection));
  }
  for (const auto& [key, text] : manifest.model_card) {
    print(fmt::format("card {}: {}\n", printable(key), printable(text)));
  }
  print_networks(manifest);
}

/// What was made of the model on this computer, beside its package.
void print_made_here(const std::filesystem::path& store, const std::string& id) {
  const auto made = models::read_local_int8(store, id);
  if (!made) {
    if (made.error().code != ErrorCode::NotFound) print_error(made.error().sentence);
    return;
  }
  for (const auto& network : made->networks) {
    print(fmt::format("made here: {} in int8, from {} pictures by {}, {}; loses up to {:g} dB\n",
                      printable(network.file), made->pictures, printable(made->program),
                      printable(made->when), network.facts.loss_db));
    for (const auto& [condition, lost] : network.facts.losses) {
      print(fmt::format("    {}: {:g} dB\n", printable(condition), lost));
    }
  }
}

ordered_json made_here_json(const std::filesystem::path& store, const std::string& id) {
  ordered_json json = ordered_json::array();
  const auto made = models::read_local_int8(store, id);
  if (!made) return json;
  for (const auto& network : made->networks) {
    json.push_back({{"file", printable(network.file)},
                    {"f32_sha256", network.f32_sha256},
                    {"sha256", network.sha256},
                    {"precision", "int8"},
                    {"loss_db", network.facts.loss_db},
                    {"losses", network.facts.losses},
                    {"pictures", made->pictures},
                    {"program", printable(made->program)},
                    {"when", printable(made->when)}});
  }
  return json;
}

/// By network and precision.
ordered_json variants_json(const models::Manifest& manifest) {
  ordered_json json = ordered_json::object();
  if (!manifest.latent) return json;
  for (const auto& network : manifest.latent->networks) {
    if (!network.int8) continue;
    ordered_json losses = ordered_json::object();
    for (const auto& [condition, lost] : network.int8->losses) losses[printable(condition)] = lost;
    json[network.id]["int8"] = {{"file", printable(network.int8->file)},
                                {"loss_db", network.int8->loss_db},
                                {"losses", losses}};
  }
  return json;
}

int show(const ModelsOptions& shared, const std::string& id, bool json) {
  const auto manager = shared.manager();
  const auto entry = manager.find(id);
  if (!entry) return report_error(entry.error());
  const auto manifest = models::peek_manifest(entry->path);
  if (!manifest) return report_error(manifest.error());
  if (!json) {
    print_details(*entry, *manifest);
    print_made_here(manager.setup().store, entry->id);
    return kAllDone;
  }
  ordered_json report = entry_json(*entry);
  for (const auto& [key, text] : manifest->model_card) {
    report["model_card"][printable(key)] = printable(text);
  }
  report["arch"] = printable(manifest->arch);
  report["variants"] = variants_json(*manifest);
  report["made_here"] = made_here_json(manager.setup().store, entry->id);
  report["manifest_version"] = manifest->latent ? manifest->latent->manifest_version : 0;
  print(report.dump(2) + "\n");
  return kAllDone;
}

ordered_json verdict_json(const std::string& id, const Result<app::VerifiedModel>& verdict) {
  if (!verdict) {
    return {{"id", printable(id)},
            {"good", false},
            {"code", error_code_name(verdict.error().code)},
            {"message", verdict.error().sentence}};
  }
  return {{"id", verdict->id},
          {"good", true},
          {"version", verdict->version},
          {"sha256", verdict->sha256},
          {"files", verdict->files},
          {"goldens", verdict->report.goldens},
          {"int8_goldens", verdict->report.variants},
          {"graphs", verdict->report.graphs},
          {"worst", verdict->report.worst},
          {"notices", verdict->report.notices}};
}

void print_verdict(const std::string& id, const Result<app::VerifiedModel>& verdict) {
  if (!verdict) {
    print_error(verdict.error().sentence);
    return;
  }
  const int variants = verdict->report.variants;
  print(fmt::format("{} {}: good, {} files, {} golden tensors run{}\n", id, verdict->version,
                    verdict->files, verdict->report.goldens,
                    variants > 0 ? fmt::format(", {} of them in int8", variants) : ""));
  for (const std::string& notice : verdict->report.notices) print(fmt::format("  {}\n", notice));
}

struct VerifyOptions {
  std::vector<std::string> ids;
  bool all = false;
  bool no_run = false;
  bool json = false;
};

int verify(const ModelsOptions& shared, const VerifyOptions& options, const std::stop_token& stop) {
  const auto manager = shared.manager();
  std::vector<std::string> ids = options.ids;
  if (options.all) {
    const auto entries = manager.list();
    if (!entries) return report_error(entries.error());
    for (const auto& entry : *entries) ids.push_back(entry.id);
  }
  if (ids.empty()) return usage_error({ErrorCode::Usage, "name a model, or give --all", "", 0});
  const auto run =
      options.no_run ? app::ModelManager::Run::Nothing : app::ModelManager::Run::Goldens;
  ordered_json report{{"models", ordered_json::array()}};
  int code = kAllDone;
  for (const std::string& id : ids) {
    ProgressBar bar(id);
    const RunControl control{stop, [&](double done) { bar.update(done); }};
    const auto verdict = manager.verify(id, run, control);
    bar.clear();
    if (!verdict) code = exit_code_of(verdict.error().code);
    if (options.json) {
      report["models"].push_back(verdict_json(id, verdict));
    } else {
      print_verdict(id, verdict);
    }
    if (stop.stop_requested()) return kCancelled;
  }
  if (options.json) print(report.dump(2) + "\n");
  return code;
}

}  // namespace

void add_models_list(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run_verb) {
  struct ListOptions {
    std::string id;
    bool json = false;
    bool all = false;
  };
  auto options = std::make_shared<ListOptions>();
  CLI::App* verb = models.add_subcommand("list", "List the installed models, by task");
  verb->add_flag("--json", options->json, "print one JSON object");
  verb->add_flag("--all", options->all, "also those that your policy hides");
  verb->callback([=, &run_verb] {
    run_verb = [=](const std::stop_token&) { return list(*shared, options->json, options->all); };
  });
  auto details = std::make_shared<ListOptions>();
  verb = models.add_subcommand("show", "Show a model: its files, training data and licences");
  verb->add_option("id", details->id, "the model")->required();
  verb->add_flag("--json", details->json, "print one JSON object");
  verb->callback([=, &run_verb] {
    run_verb = [=](const std::stop_token&) { return show(*shared, details->id, details->json); };
  });
  auto checks = std::make_shared<VerifyOptions>();
  verb = models.add_subcommand("verify",
                               "Check models: file hashes, and test outputs of their networks");
  verb->add_option("ids", checks->ids, "the models");
  verb->add_flag("--all", checks->all, "all of them");
  verb->add_flag("--no-run", checks->no_run, "hashes only");
  verb->add_flag("--json", checks->json, "print one JSON object");
  verb->callback([=, &run_verb] {
    run_verb = [=](const std::stop_token& stop) { return verify(*shared, *checks, stop); };
  });
}

}  // namespace latent::cli
