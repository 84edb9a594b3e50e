// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>

#include "base/path.h"
#include "cli/exit_code.h"
#include "cli/models_options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "models/store/pack.h"
#include "models/store/package.h"

namespace latent::cli {

namespace {

struct ChangeOptions {
  std::vector<std::string> names;
  std::string from;
  std::string output;
  bool yes = false;
  bool pin = false;
  bool all = false;
};

using SharedChangeOptions = std::shared_ptr<ChangeOptions>;

/// The line that the user types; nothing where `stop` comes before it.
std::string typed_answer(const std::stop_token& stop) {
  constexpr int kLookAgainMs = 100;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (::poll(&input, 1, kLookAgainMs) == 0) {
    if (stop.stop_requested()) return "";
  }
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

Result<bool> ask(const app::ModelQuestion& question, const std::stop_token& stop) {
  print(fmt::format(
      "{} {} from {}{}{}\n", printable(question.id), question.version, printable(question.source),
      question.size == 0 ? ""
                         : fmt::format(", {}", readable_bytes(static_cast<double>(question.size))),
      question.from_package ? "; the package says of itself:" : ""));
  print_trust(question.trust, "  ");
  print("Install it? [y/N] ");
  if (!all_is_written()) return false;  // nobody accepts what nobody was shown
  const std::string answer = typed_answer(stop);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Result<bool> show_only(const app::ModelQuestion& question) {
  print(fmt::format("{} {} from {}\n", printable(question.id), question.version,
                    printable(question.source)));
  print_trust(question.trust, "  ");
  return true;
}

/// Who is asked: the user, or nobody where --yes was given.
Result<app::ModelConsent> consent_of(const ChangeOptions& options, const std::stop_token& stop) {
  if (options.yes) return app::ModelConsent(show_only);
  if (::isatty(STDIN_FILENO) == 1) {
    return app::ModelConsent([=](const auto& question) { return ask(question, stop); });
  }
  return fail(ErrorCode::Usage,
              "there is no terminal to ask whether the licence is accepted; give --yes for that");
}

/// Draws a bar for each step.
class Steps {
 public:
  explicit Steps(std::string what) : what_(std::move(what)) {}
  void begin(const std::string& step) { bar_.emplace(what_ + ": " + step); }
  void update(double done) {
    if (bar_) bar_->update(done);
  }
  void end() { bar_.reset(); }

 private:
  std::string what_;
  std::optional<ProgressBar> bar_;
};

void print_installed(const app::InstalledModel& model) {
  print(fmt::format("{} {} installed{}{}\n", model.id, model.version,
                    model.previous_version.empty() ? "" : " instead of " + model.previous_version,
                    model.enabled ? ", enabled for " + printable(model.task) : ""));
  if (model.report.goldens > 0) {
    print(fmt::format("  {} golden tensors run, largest difference {:.2g}\n", model.report.goldens,
                      model.report.worst));
  }
  for (const std::string& notice : model.report.notices) print(fmt::format("  {}\n", notice));
}

/// Runs something that installs one model, with a bar, and says what came of it.
template <class Work>
int run_one(const std::string& name, app::InstallOptions options, const std::stop_token& stop,
            const Work& work) {
  Steps steps(name);
  options.on_step = [&](const std::string& step) { steps.begin(step); };
  const RunControl control{stop, [&](double done) { steps.update(done); }};
  const auto installed = work(options, control);
  steps.end();
  if (!installed) return report_error(installed.error());
  print_installed(*installed);
  return kAllDone;
}

int worse(int a, int b) { return std::max(a, b); }

/// Installs what is named, one after the other.
template <class Work>
int install_each(const ChangeOptions& options, const std::stop_token& stop, const Work& work) {
  const auto consent = consent_of(options, stop);
  if (!consent) return report_error(consent.error());
  const app::InstallOptions how{
      .from = options.from, .consent = *consent, .pin = options.pin, .on_step = {}};
  int code = kAllDone;
  for (const std::string& name : options.names) {
    if (stop.stop_requested()) return kCancelled;
    code =
        worse(code, run_one(printable(name), how, stop, [&](const auto& with, const auto& control) {
                return work(name, with, control);
              }));
  }
  return code;
}

int install(const ModelsOptions& shared, const ChangeOptions& options,
            const std::stop_token& stop) {
  const auto manager = shared.manager();
  return install_each(options, stop, [&](const std::string& id, const auto&... how) {
    return manager.install(id, how...);
  });
}

int import(const ModelsOptions& shared, const ChangeOptions& options, const std::stop_token& stop) {
  const auto manager = shared.manager();
  return install_each(options, stop, [&](const std::string& path, const auto&... how) {
    return manager.import_package(path, how...);
  });
}

int update(const ModelsOptions& shared, const ChangeOptions& options, const std::stop_token& stop) {
  if (options.names.empty() && !options.all) {
    return usage_error({ErrorCode::Usage, "name a model, or give --all", "", 0});
  }
  const auto consent = consent_of(options, stop);
  if (!consent) return report_error(consent.error());
  Steps steps("update");
  app::InstallOptions how{.from = "", .consent = *consent, .pin = false, .on_step = {}};
  how.on_step = [&](const std::string& step) { steps.begin(step); };
  const RunControl control{stop, [&](double done) { steps.update(done); }};
  const auto results = shared.manager().update(options.names, how, control);
  steps.end();
  if (!results) return report_error(results.error());
  int code = kAllDone;
  for (const auto& result : *results) {
    if (result.installed) {
      print_installed(*result.installed);
    } else if (result.problem.empty()) {
      print(fmt::format("{} is up to date\n", result.id));
    } else {
      print_error(result.id + " was not updated: " + result.problem);
      code = kSomeFailed;
    }
  }
  if (results->empty()) print("no model came from a repository\n");
  return code;
}

template <class Work>
int each(const ChangeOptions& options, const char* done, const Work& work) {
  int code = kAllDone;
  for (const std::string& id : options.names) {
    const Status status = work(id);
    if (!status) {
      code = worse(code, report_error(status.error()));
    } else {
      print(fmt::format("{} {}\n", printable(id), done));
    }
  }
  return code;
}

int pack(const ChangeOptions& options, const std::stop_token& stop) {
  const std::filesystem::path folder = options.names.front();
  std::filesystem::path target = options.output;
  if (target.empty()) {
    const auto manifest = models::peek_manifest(folder);
    if (!manifest) return report_error(manifest.error());
    target = manifest->id + ".dtmodel";
  }
  ProgressBar bar("packing");
  const RunControl control{stop, [&](double done) { bar.update(done); }};
  const Status status = models::pack_folder(folder, target, {}, control);
  bar.clear();
  if (!status) return report_error(status.error());
  print(fmt::format("{}\n", displayed(target)));
  return kAllDone;
}

using ChangeVerb =
    std::function<int(const ModelsOptions&, const ChangeOptions&, const std::stop_token&)>;

CLI::App* add(CLI::App& models, const char* name, const char* help,
              const SharedModelsOptions& shared, const SharedChangeOptions& options,
              RunVerb& run_verb, const ChangeVerb& work) {
  CLI::App* verb = models.add_subcommand(name, help);
  verb->callback([=, &run_verb] {
    run_verb = [=](const std::stop_token& stop) { return work(*shared, *options, stop); };
  });
  return verb;
}

void add_simple(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run_verb,
                const char* name, const char* help, const char* done,
                Status (*work)(const app::ModelManager&, const std::string&)) {
  auto options = std::make_shared<ChangeOptions>();
  CLI::App* verb =
      add(models, name, help, shared, options, run_verb,
          [=](const ModelsOptions& with, const ChangeOptions& what, const std::stop_token&) {
            const auto manager = with.manager();
            return each(what, done, [&](const std::string& id) { return work(manager, id); });
          });
  verb->add_option("ids", options->names, "the models")->required();
}

}  // namespace

void add_models_change(CLI::App& models, const SharedModelsOptions& shared, RunVerb& run_verb) {
  auto options = std::make_shared<ChangeOptions>();
  CLI::App* verb = add(models, "install", "Install models from a repository or a folder", shared,
                       options, run_verb, install);
  verb->add_option("ids", options->names, "the models")->required();
  verb->add_option("--from", options->from, "a repository's name, a folder of packages, or a file");
  verb->add_flag("-y,--yes", options->yes, "accept the licences that are shown");
  verb->add_flag("--pin", options->pin, "keep this version when all are updated");
  shared->declare_network(*verb);

  options = std::make_shared<ChangeOptions>();
  verb = add(models, "import", "Install .dtmodel files or unpacked folders", shared, options,
             run_verb, import);
  verb->add_option("files", options->names, ".dtmodel files or folders")->required();
  verb->add_flag("-y,--yes", options->yes, "accept the licences that are shown");
  verb->add_flag("--pin", options->pin, "keep this version when all are updated");

  options = std::make_shared<ChangeOptions>();
  verb = add(models, "update", "Update models to the newest version in their repository", shared,
             options, run_verb, update);
  verb->add_option("ids", options->names, "the models");
  verb->add_flag("--all", options->all, "all that are not pinned");
  verb->add_flag("-y,--yes", options->yes, "accept the licences that are shown");
  shared->declare_network(*verb);

  options = std::make_shared<ChangeOptions>();
  verb = add(models, "pack", "Pack a folder into a .dtmodel file, and check it", shared, options,
             run_verb,
             [](const ModelsOptions&, const ChangeOptions& what, const std::stop_token& stop) {
               return pack(what, stop);
             });
  verb->add_option("folder", options->names, "the folder with config.json")
      ->required()
      ->expected(1);
  verb->add_option("-o,--output", options->output, "the file to write; else <id>.dtmodel here");

  using Manager = app::ModelManager;
  add_simple(models, shared, run_verb, "remove", "Remove installed models", "removed",
             [](const Manager& manager, const std::string& id) { return manager.remove(id); });
  add_simple(models, shared, run_verb, "enable", "Use models for their tasks", "enabled",
             [](const Manager& manager, const std::string& id) { return manager.enable(id); });
  add_simple(models, shared, run_verb, "disable", "Stop using models for their tasks", "disabled",
             [](const Manager& manager, const std::string& id) { return manager.disable(id); });
  add_simple(models, shared, run_verb, "pin", "Keep the installed version when models are updated",
             "pinned", [](const Manager& manager, const std::string& id) {
               return manager.pin(id, Manager::Pin::Keep);
             });
  add_simple(models, shared, run_verb, "unpin", "Let models be updated again", "unpinned",
             [](const Manager& manager, const std::string& id) {
               return manager.pin(id, Manager::Pin::Free);
             });
}

}  // namespace latent::cli
