// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "app/about.h"
#include "app/advice.h"
#include "app/reader.h"
#include "base/path.h"
#include "base/patience.h"
#include "base/threads.h"
#include "cli/exit_code.h"
#include "cli/last_words.h"
#include "cli/mask.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/verbs.h"

namespace {

constexpr const char* kDescription =
    "Neural restoration of photographs, on this machine alone.\n"
    "Sources are never changed; nothing is sent anywhere.";

/// What CLI11 has to say, help or a mistake, by our own streams.
int say(const CLI::App& program, const CLI::ParseError& told) {
  std::ostringstream out;
  std::ostringstream aside;
  const int code = program.exit(told, out, aside);
  latent::cli::print(out.str());
  latent::cli::print_aside(aside.str());
  return code == 0 ? latent::cli::kAllDone : latent::cli::kUsage;
}

/// A sentence where the first word is no verb; else empty.
std::string wrong_verb(const CLI::App& program, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return "";
  std::vector<std::string> verbs;
  for (const CLI::App* verb : program.get_subcommands({})) verbs.push_back(verb->get_name());
  const std::string word = argv[1];
  if (std::ranges::find(verbs, word) != verbs.end()) return "";
  return fmt::format("'{}' is no verb of latent{}", latent::printable(word),
                     latent::app::advice(word, verbs));
}

/// What --version prints: a line, and with --verbose all that the program is made of.
std::string version_words(int argc, char** argv) {
  const std::string line = "latent " LATENT_VERSION;
  const bool verbose = std::any_of(
      argv, argv + argc, [](const char* word) { return std::string_view(word) == "--verbose"; });
  return verbose ? line + "\n" + latent::app::about() : line;
}

int parse_and_run(int argc, char** argv) {
  CLI::App program{kDescription, "latent"};
  bool verbose = false;
  program.set_version_flag("--version", [&] { return version_words(argc, argv); });
  program.add_flag("--verbose", verbose,
                   "with --version: engines, libraries and models, with their licences");
  program.require_subcommand(1);
  program.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    std::string verbs;
    for (auto parsed = failed->get_subcommands(); !parsed.empty();
         parsed = parsed.front()->get_subcommands()) {
      verbs += parsed.front()->get_name() + " ";
    }
    constexpr std::string_view kMissing = " is required";
    std::string what = error.what();
    if (what.ends_with(kMissing)) {
      what.resize(what.size() - kMissing.size());
      what += " missing on the command line";
    }
    return fmt::format("latent: {}; see latent {}--help\n", what, verbs);
  });
  latent::cli::RunVerb run;
  latent::cli::add_tasks(program, run);
  latent::cli::add_run(program, run);
  latent::cli::add_batch(program, run);
  latent::cli::add_watch(program, run);
  latent::cli::add_compare(program, run);
  latent::cli::add_info(program, run);
  latent::cli::add_render(program, run);
  latent::cli::add_mask(program, run);
  latent::cli::add_devices(program, run);
  latent::cli::add_models(program, run);
  latent::cli::add_doctor(program, run);
  latent::cli::add_help(program, run);
  if (const std::string wrong = wrong_verb(program, argc, argv); !wrong.empty()) {
    latent::cli::print_error(wrong);
    return latent::cli::kUsage;
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return say(program, error);
  }
  const latent::cli::StopOnSignal signals;
  return run(signals.token());
}

}  // namespace

int main(int argc, char** argv) {
  latent::cli::prepare_streams();
  latent::cli::prepare_last_words();
  (void)latent::app::read_files_by({});  // verbs that read photographs say what is lost without
  int code = latent::cli::kSomeFailed;
  try {
    code = parse_and_run(argc, argv);
  } catch (...) {
    const latent::Error error = latent::error_of_exception();
    const bool ours = error.code == latent::ErrorCode::Internal;
    latent::cli::print_error(ours ? error.sentence + "; please report it" : error.sentence);
  }
  return latent::end_beside_abandoned_works(latent::cli::finish_streams(code));
}
