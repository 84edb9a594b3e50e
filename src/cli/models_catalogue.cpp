// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/model_policy.h"
#include "base/path.h"
#include "base/small_file.h"
#include "cli/exit_code.h"
#include "cli/models_options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "models/store/files.h"

namespace latent::cli {

namespace {

using nlohmann::ordered_json;

struct CatalogueOptions {
  std::string name;
  std::string url;
  std::string key;
  std::string policy_key;
  std::string policy_value;
  bool json = false;
  bool all = false;
};

using SharedCatalogueOptions = std::shared_ptr<CatalogueOptions>;

ordered_json entry_json(const app::CatalogueEntry& entry) {
  const models::Offer& offer = entry.offer;
  return {{"id", offer.id},
          {"name", printable(offer.name)},
          {"task", printable(offer.task)},
          {"version", offer.version},
          {"description", printable(offer.description)},
          {"repository", entry.repository},
          {"size", offer.size},
          {"sha256", offer.sha256},
          {"installed_version", entry.installed_version},
          {"weights_licence", printable(offer.trust.weights_licence)},
          {"data_licence", printable(offer.trust.data_licence)},
          {"data", printable(offer.trust.data)},
          {"osaid", printable(offer.trust.osaid)},
          {"mof", printable(offer.trust.mof)},
          {"objections", entry.objections}};
}

void print_entry(const app::CatalogueEntry& entry) {
  const models::Offer& offer = entry.offer;
  print(fmt::format(
      "{} {}  {}{}  from {}{}\n", offer.id, offer.version, printable(offer.task),
      offer.size == 0 ? "" : ", " + readable_bytes(static_cast<double>(offer.size)),
      entry.repository,
      entry.installed_version.empty() ? "" : "  (" + entry.installed_version + " is here)"));
  if (!entry.objections.empty()) {
    print(fmt::format("  refused by your policy: {}\n", entry.objections.front()));
  }
  print_trust(offer.trust, "  ");
}

int show(const ModelsOptions& shared, const CatalogueOptions& options) {
  const auto manager = shared.manager();
  auto entries = manager.catalogue();
  if (!entries) return report_error(entries.error());
  const auto policy = manager.policy();
  if (!policy) return report_error(policy.error());
  if (!options.all && policy->action == models::Policy::Action::Hide) {
    std::erase_if(*entries, [](const auto& entry) { return !entry.objections.empty(); });
  }
  if (options.json) {
    ordered_json report{{"models", ordered_json::array()}};
    for (const auto& entry : *entries) report["models"].push_back(entry_json(entry));
    print(report.dump(2) + "\n");
    return kAllDone;
  }
  for (const auto& entry : *entries) print_entry(entry);
  if (entries->empty())
    print("the catalogue is empty; latent models catalogue refresh downloads it\n");
  return kAllDone;
}

int list(const ModelsOptions& shared, const CatalogueOptions& options) {
  const auto repositories = shared.manager().repositories();
  if (!repositories) return report_error(repositories.error());
  ordered_json report{{"repositories", ordered_json::array()}};
  for (const auto& repository : *repositories) {
    const char* form = repository.key.empty() ? "darktable" : "latent, signed";
    if (options.json) {
      report["repositories"].push_back({{"name", repository.name},
                                        {"url", printable(repository.url)},
                                        {"form", form},
                                        {"key", printable(repository.key)},
                                        {"serial", repository.serial}});
    } else {
      print(fmt::format("{}  {}  ({})\n", repository.name, printable(repository.url), form));
    }
  }
  if (options.json) print(report.dump(2) + "\n");
  return kAllDone;
}

/// A key as it stands, or what the file of that name holds.
std::string key_text(const std::string& key) {
  constexpr std::size_t kMostBytes = 16'384;
  const auto text = read_small_file(key, kMostBytes);
  std::string line = text ? *text : key;
  const auto comment = line.find('\n');
  if (comment != std::string::npos && line.starts_with("untrusted comment:")) {
    line = line.substr(comment + 1);
  }
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  return line;
}

int add(const ModelsOptions& shared, const CatalogueOptions& options) {
  models::Repository repository;
  repository.name = options.name;
  repository.url = options.url;
  repository.key = options.key.empty() ? "" : key_text(options.key);
  const Status status = shared.manager().add_repository(repository);
  if (!status) return report_error(status.error());
  print(fmt::format("{} added{}\n", options.name,
                    options.key.empty()
                        ? "; its index is not signed, so whoever controls that repository can "
                          "change the models and their hashes"
                        : ""));
  return kAllDone;
}

int remove(const ModelsOptions& shared, const CatalogueOptions& options) {
  const Status status = shared.manager().remove_repository(options.name);
  if (!status) return report_error(status.error());
  print(fmt::format("{} removed\n", printable(options.name)));
  return kAllDone;
}

int refresh(const ModelsOptions& shared, const CatalogueOptions& options,
            const std::stop_token& stop) {
  const auto problems = shared.manager().refresh(options.name, {stop, {}});
  if (!problems) return report_error(problems.error());
  for (const std::string& problem : *problems) print_error(problem);
  if (!problems->empty()) return kSomeFailed;
  print("the catalogue is up to date\n");
  return kAllDone;
}

int show_policy(const ModelsOptions& shared, const CatalogueOptions& options) {
  const auto policy = shared.manager().policy();
  if (!policy) return report_error(policy.error());
  ordered_json report;
  for (const auto& [key, word] : app::policy_words(*policy)) {
    if (options.json) {
      report[key] = printable(word);
    } else {
      print(fmt::format("{} = {}\n", key, printable(word)));
    }
  }
  if (options.json) print(report.dump(2) + "\n");
  return kAllDone;
}

int set_policy(const ModelsOptions& shared, const CatalogueOptions& options) {
  const auto manager = shared.manager();
  auto policy = manager.policy();
  if (!policy) return report_error(policy.error());
  Status status = app::set_policy(*policy, options.policy_key, options.policy_value);
  if (status) status = app::write_policy(manager.setup().policy_file, *policy);
  if (!status) return report_error(status.error());
  print(fmt::format("{} = {}\n", options.policy_key, printable(options.policy_value)));
  return kAllDone;
}

using CatalogueVerb =
    std::function<int(const ModelsOptions&, const CatalogueOptions&, const std::stop_token&)>;

void run_as(CLI::App& verb, const SharedModelsOptions& shared,
            const SharedCatalogueOptions& options, RunVerb& run_verb, const CatalogueVerb& work) {
  verb.callback([=, &run_verb] {
    run_verb = [=](const std::stop_token& stop) { return work(*shared, *options, stop); };
  });
}

CatalogueVerb without_stop(int (*work)(const ModelsOptions&, const CatalogueOptions&)) {
  return [work](const ModelsOptions& shared, const CatalogueOptions& options,
                const std::stop_token&) { return work(shared, options); };
}

void add_catalogue(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run_verb) {
  auto options = std::make_shared<CatalogueOptions>();
  CLI::App* top =
      models.add_subcommand("catalogue", "List the repositories and the models they offer");
  top->require_subcommand(0, 1);
  top->add_flag("--json", options->json, "print one JSON object");
  top->add_flag("--all", options->all, "also list models that your policy hides");
  // A parent's callback runs after its child's: it must not take the child's place.
  top->callback([=, &run_verb] {
    if (!top->get_subcommands().empty()) return;
    run_verb = [=](const std::stop_token&) { return show(*shared, *options); };
  });
  CLI::App* verb = top->add_subcommand("list", "The repositories");
  verb->add_flag("--json", options->json, "print one JSON object");
  run_as(*verb, shared, options, run_verb, without_stop(list));
  verb = top->add_subcommand("add", "Add a repository of models");
  verb->add_option("name", options->name,
                   "a name for the repository, for install --from and the other verbs")
      ->required();
  verb->add_option("url", options->url, "its address: https://..., or owner/name on GitHub")
      ->required();
  verb->add_option("--key", options->key,
                   "minisign public key of the repository, or a file that holds it; Latent then "
                   "accepts only an index signed with it (repositories in Latent's format)");
  run_as(*verb, shared, options, run_verb, without_stop(add));
  verb = top->add_subcommand("remove", "Remove a repository; its installed models stay");
  verb->add_option("name", options->name, "the repository")->required();
  run_as(*verb, shared, options, run_verb, without_stop(remove));
  verb = top->add_subcommand("refresh", "Download what the repositories offer (uses the network)");
  verb->add_option("name", options->name, "only this one");
  shared->declare_network(*verb);
  run_as(*verb, shared, options, run_verb, refresh);
  for (CLI::App* child : top->get_subcommands({})) child->fallthrough();
}

void add_policy(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run_verb) {
  auto options = std::make_shared<CatalogueOptions>();
  CLI::App* top = models.add_subcommand(
      "policy", "Show or change which models you accept (licence, training data)");
  top->require_subcommand(0, 1);
  top->add_flag("--json", options->json, "print one JSON object");
  top->callback([=, &run_verb] {
    if (!top->get_subcommands().empty()) return;
    run_verb = [=](const std::stop_token&) { return show_policy(*shared, *options); };
  });
  CLI::App* verb = top->add_subcommand("show", "Every key and its value");
  verb->add_flag("--json", options->json, "print one JSON object");
  run_as(*verb, shared, options, run_verb, without_stop(show_policy));
  verb = top->add_subcommand("set", "Change one key");
  verb->add_option("key", options->policy_key,
                   "licences, mof, osaid, undisclosed-data, research-only-data, action")
      ->required();
  verb->add_option("value", options->policy_value, "any, or what docs/models.md lists")->required();
  run_as(*verb, shared, options, run_verb, without_stop(set_policy));
  for (CLI::App* child : top->get_subcommands({})) child->fallthrough();
}

}  // namespace

void add_models_catalogue(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run_verb) {
  add_catalogue(models, shared, run_verb);
  add_policy(models, shared, run_verb);
}

}  // namespace latent::cli
