// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/advice.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "cli/completion.h"
#include "cli/exit_code.h"
#include "cli/manual.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace fs = std::filesystem;

namespace {

struct Options {
  std::vector<std::string> verbs;
  std::string shell;
  std::string folder;
};

/// The verb of these words, or a sentence.
Result<const CLI::App*> verb_of(const CLI::App& program, const std::vector<std::string>& words) {
  const CLI::App* verb = &program;
  std::string before = "latent";
  for (const std::string& word : words) {
    std::vector<std::string> known;
    const CLI::App* next = nullptr;
    for (const CLI::App* below : verb->get_subcommands({})) {
      known.push_back(below->get_name());
      if (below->get_name() == word) next = below;
    }
    if (next == nullptr) {
      return fail(ErrorCode::Usage, fmt::format("'{}' is no verb of {}{}", printable(word), before,
                                                app::advice(word, known)));
    }
    verb = next;
    before += " " + word;
  }
  return verb;
}

int show_help(const CLI::App& program, const Options& options) {
  const auto verb = verb_of(program, options.verbs);
  if (!verb) return usage_error(verb.error());
  std::string above = options.verbs.empty() ? "" : "latent";  // CLI11 adds the verb's own name
  for (std::size_t i = 0; i + 1 < options.verbs.size(); ++i) above += " " + options.verbs[i];
  print((*verb)->help(above));
  return kAllDone;
}

int show_completion(const CLI::App& program, const Options& options) {
  const auto tree = verb_tree(program);
  if (options.shell == "bash") print(bash_completion(tree));
  if (options.shell == "zsh") print(zsh_completion(tree));
  if (options.shell == "fish") print(fish_completion(tree));
  return kAllDone;
}

int write_pages(const std::vector<VerbFacts>& tree, const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);  // replace_file() says what came of it
  for (const VerbFacts& verb : tree) {
    const fs::path path = folder / (manual_name(verb) + ".1");
    const std::string page = manual_page(verb, LATENT_VERSION);
    if (const auto written = replace_file(path, {page}, FileAccess{}); !written) {
      print_error(written.error().sentence);
      return kSomeFailed;
    }
  }
  print(fmt::format("{} pages in {}\n", tree.size(), quoted(folder)));
  return kAllDone;
}

int show_manual(const CLI::App& program, const Options& options) {
  const auto verb = verb_of(program, options.verbs);
  if (!verb) return usage_error(verb.error());
  const auto tree = verb_tree(program);
  if (!options.folder.empty()) return write_pages(tree, options.folder);
  const std::string path = fmt::format("{}", fmt::join(options.verbs, " "));
  for (const VerbFacts& facts : tree) {
    if (facts.path == path) print(manual_page(facts, LATENT_VERSION));
  }
  return kAllDone;
}

}  // namespace

void add_help(CLI::App& program, RunVerb& run) {
  const auto options = std::make_shared<Options>();
  auto* help = program.add_subcommand("help", "Show the help of a verb");
  help->add_option("verb", options->verbs, "the verb, for example: models install");
  help->callback([&program, &run, options] {
    run = [&program, options](const std::stop_token&) { return show_help(program, *options); };
  });

  auto* completion = program.add_subcommand(
      "completion", "Print a script that completes latent's words in a shell");
  completion->add_option("shell", options->shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("bash|zsh|fish");
  completion->callback([&program, &run, options] {
    run = [&program, options](const std::stop_token&) {
      return show_completion(program, *options);
    };
  });

  auto* manual = program.add_subcommand("manual", "Print the manual page of a verb, or write all");
  manual->add_option("verb", options->verbs, "the verb; without one the page of latent itself");
  manual->add_option("--folder", options->folder, "write the pages of all verbs into this folder");
  manual->callback([&program, &run, options] {
    run = [&program, options](const std::stop_token&) { return show_manual(program, *options); };
  });
}

}  // namespace latent::cli
