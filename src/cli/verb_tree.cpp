// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/verb_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <sstream>

namespace latent::cli {

namespace {

bool is_word(const std::string& text) {
  return !text.empty() && text.find("..") == std::string::npos &&
         std::ranges::all_of(text, [](unsigned char c) {
           return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '.' || c == '_';
         });
}

/// "INT:INT in [1 - 100]" as CLI11 names a checked number, in our words.
std::string value_words(std::string type) {
  const auto colon = type.find(':');
  if (colon != std::string::npos) type.erase(0, colon + 1);
  const auto open = type.find('[');
  const auto dash = type.find(" - ");
  const auto close = type.find(']');
  if (open != std::string::npos && dash != std::string::npos && close != std::string::npos) {
    return type.substr(open + 1, dash - open - 1) + ".." + type.substr(dash + 3, close - dash - 3);
  }
  if (type == "INT" || type == "UINT" || type == "FLOAT") return "N";
  return type;
}

/// The words of "auto|cpu|FILE", and whether it ends in a file.
void split_choices(OptionFacts& facts) {
  std::istringstream parts(facts.value);
  for (std::string part; std::getline(parts, part, '|');) {
    if (part == "FILE" || part == "PATH" || part == "TEXT" || part == "FOLDER") {
      facts.takes_path = true;
    }
    if (facts.value.find('|') != std::string::npos && is_word(part)) facts.choices.push_back(part);
  }
}

OptionFacts facts_of(const CLI::Option& option) {
  OptionFacts facts;
  for (const auto& name : option.get_snames()) facts.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) facts.names.push_back("--" + name);
  if (option.get_positional()) facts.positional = option.get_name(true);
  facts.group = option.get_group();
  if (option.get_items_expected_max() > 0 || !facts.positional.empty()) {
    facts.value = value_words(option.get_type_name());
    split_choices(facts);
  }
  facts.usual = option.get_default_str();
  facts.help = option.get_description();
  if (facts.positional.empty()) return facts;
  facts.takes_path = true;
  return facts;
}

void add(const CLI::App& app, const std::string& path, std::vector<VerbFacts>& tree) {
  VerbFacts facts;
  facts.path = path;
  const std::string description = app.get_description();
  const auto end = description.find('\n');
  facts.summary = description.substr(0, end);
  if (end != std::string::npos) facts.more = description.substr(end + 1);
  if (!app.get_footer().empty()) facts.more += "\n" + app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) facts.options.push_back(facts_of(*option));
  }
  const auto below = app.get_subcommands(
      [](const CLI::App* verb) { return !verb->get_name().empty() && !verb->get_group().empty(); });
  for (const CLI::App* verb : below) facts.verbs.push_back(verb->get_name());
  tree.push_back(std::move(facts));
  for (const CLI::App* verb : below) {
    add(*verb, path.empty() ? verb->get_name() : path + " " + verb->get_name(), tree);
  }
}

}  // namespace

std::vector<VerbFacts> verb_tree(const CLI::App& program) {
  std::vector<VerbFacts> tree;
  add(program, "", tree);
  return tree;
}

}  // namespace latent::cli
