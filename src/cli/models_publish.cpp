// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "app/model_publish.h"
#include "app/standard_paths.h"
#include "base/path.h"
#include "base/small_file.h"
#include "cli/exit_code.h"
#include "cli/models_options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "models/store/registry.h"
#include "models/trust/minisign_secret.h"

namespace latent::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder;
  std::vector<std::string> packages;
  std::string key_file;
  app::PublishRequest request;
};

constexpr std::size_t kMaxKeyBytes = 16'384;
constexpr const char* kPasswordVariable = "LATENT_SIGNING_PASSWORD";

/// A line that is typed and not shown.
std::string hidden_line() {
  termios before{};
  const bool terminal = ::tcgetattr(STDIN_FILENO, &before) == 0;
  termios quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (terminal) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  std::string line;
  std::getline(std::cin, line);
  if (terminal) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  print("\n");
  return line;
}

Result<std::string> password_for(const std::string& key) {
  LATENT_TRY(const bool needed, models::needs_password(key));
  if (!needed) return std::string();
  if (const char* given = std::getenv(kPasswordVariable); given != nullptr) {
    return std::string(given);
  }
  if (::isatty(STDIN_FILENO) != 1) {
    return fail(ErrorCode::Usage,
                fmt::format("the secret key needs its password; there is no terminal to ask, so "
                            "give it in the variable {}",
                            kPasswordVariable));
  }
  print("Password of the secret key: ");
  return hidden_line();
}

/// The packages that were named; else those that ship with the program.
std::vector<fs::path> packages_of(const Options& options) {
  if (!options.packages.empty()) return {options.packages.begin(), options.packages.end()};
  std::vector<fs::path> packages;
  for (const auto& place : models::Registry(app::built_in_model_folders()).list()) {
    packages.push_back(place.path);
  }
  return packages;
}

int run(Options& options, const std::stop_token& stop) {
  app::PublishRequest& request = options.request;
  request.folder = options.folder;
  request.packages = packages_of(options);
  if (!options.key_file.empty()) {
    auto key = read_small_file(options.key_file, kMaxKeyBytes);
    if (!key) return report_error(key.error());
    request.secret_key = *std::move(key);
    auto password = password_for(request.secret_key);
    if (!password) return report_error(password.error());
    request.password = *std::move(password);
  }
  ProgressBar bar("publish");
  const auto published =
      app::publish_models(request, {stop, [&](double done) { bar.update(done); }});
  bar.clear();
  if (!published) return report_error(published.error());
  for (const auto& model : published->models) {
    print(fmt::format("{} {}{}\n", printable(model.offer.id), model.offer.version,
                      model.for_darktable ? "" : "  (for Latent only)"));
  }
  print(fmt::format("release {} in {}, serial {}\n", published->tag, displayed(request.folder),
                    published->serial));
  if (published->public_key.empty()) {
    print_error(
        "there is no signed index, because no --key was given; Latent's signed form "
        "needs one");
  } else {
    print(fmt::format("add it with: latent models catalogue add NAME ADDRESS --key {}\n",
                      published->public_key));
  }
  return kAllDone;
}

}  // namespace

void add_models_publish(CLI::App& models, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  app::PublishRequest& request = options->request;
  request.name = "Latent";
  CLI::App* verb = models.add_subcommand(
      "publish", "Write a repository of models, for Latent and for darktable, into a folder");
  verb->add_option("folder", options->folder, "the folder to write into")
      ->required()
      ->type_name("DIR");
  verb->add_option("packages", options->packages,
                   ".dtmodel files or unpacked folders; default: the models that ship with Latent")
      ->type_name("PACKAGE");
  verb->add_option("--name", request.name, "name of the repository")->capture_default_str();
  verb->add_option("--tag", request.tag, "name of the release; default: latent-<serial>");
  verb->add_option("--darktable", request.darktable_versions,
                   "versions of darktable that shall find this release")
      ->type_name("X.Y.Z ...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  verb->add_option("--downloads", request.downloads,
                   "address of the releases, where it is not that of the index: "
                   "https://github.com/OWNER/NAME/releases/download")
      ->type_name("URL");
  verb->add_option("--key", options->key_file,
                   "minisign secret key that signs Latent's index; a password is asked for, or "
                   "taken from LATENT_SIGNING_PASSWORD")
      ->type_name("FILE");
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
