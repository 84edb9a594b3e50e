// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace latent::cli {

namespace {

/// Text that roff prints as it is: no escape, no request, hyphens that can be copied.
std::string roff(const std::string& text) {
  std::string safe;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) safe += "\\&";
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
    line_start = c == '\n';
  }
  return safe;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

/// Lines of a description: an empty line begins a paragraph.
std::string paragraphs(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    out += line.empty() ? ".PP\n" : roff(line) + "\n";
    at = end + 1;
  }
  return out;
}

std::string option_entry(const OptionFacts& option) {
  std::string names;
  for (const auto& name : option.names) {
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
  }
  if (!option.positional.empty()) names = fmt::format("\\fI{}\\fR", roff(option.positional));
  if (!option.value.empty() && option.positional.empty()) {
    names += fmt::format(" \\fI{}\\fR", roff(option.value));
  }
  std::string help = option.help;
  if (!option.usual.empty()) help += fmt::format(" [default: {}]", option.usual);
  return fmt::format(".TP\n{}\n{}\n", names, roff(help));
}

std::string options_of(const VerbFacts& verb) {
  std::vector<std::string> groups;
  for (const auto& option : verb.options) {
    if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
  }
  std::string text;
  for (const auto& group : groups) {
    const bool plain = group == "Options" || group == "Positionals";
    text += plain ? (group == "Options" ? ".SH OPTIONS\n" : ".SH ARGUMENTS\n")
                  : fmt::format(".SS {}\n", roff(group));
    for (const auto& option : verb.options) {
      if (option.group == group) text += option_entry(option);
    }
  }
  return text;
}

std::string synopsis(const VerbFacts& verb) {
  std::string line = fmt::format("\\fBlatent{}\\fR", verb.path.empty() ? "" : " " + verb.path);
  line += " [\\fIOPTIONS\\fR]";
  for (const auto& option : verb.options) {
    if (!option.positional.empty()) line += fmt::format(" \\fI{}\\fR", upper(option.positional));
  }
  if (!verb.verbs.empty()) line += " \\fIVERB\\fR";
  return line + "\n";
}

}  // namespace

std::string manual_name(const VerbFacts& verb) {
  std::string name = "latent" + (verb.path.empty() ? "" : " " + verb.path);
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string manual_page(const VerbFacts& verb, const std::string& version) {
  const std::string name = manual_name(verb);
  std::string page = fmt::format(".TH {} 1 \"\" \"latent {}\" \"Latent\"\n", upper(name), version);
  page += fmt::format(".SH NAME\n{} \\- {}\n", roff(name), roff(verb.summary));
  page += ".SH SYNOPSIS\n" + synopsis(verb);
  page += ".SH DESCRIPTION\n" + roff(verb.summary) + "\n";
  if (!verb.more.empty()) page += ".PP\n" + paragraphs(verb.more);
  page += options_of(verb);
  if (!verb.verbs.empty()) {
    page += ".SH VERBS\n";
    for (const auto& below : verb.verbs) {
      page += fmt::format(".PP\n.BR {} (1)\n", roff(fmt::format("{}-{}", name, below)));
    }
  }
  page +=
      ".SH EXIT STATUS\n.TP\n0\nEverything was done.\n.TP\n1\nA file or step failed; a sentence "
      "on standard error says why.\n.TP\n2\nThe command line was not understood; nothing was "
      "done.\n.TP\n130\nIt was cancelled.\n";
  page += ".SH SEE ALSO\n" + std::string(verb.path.empty() ? "" : ".BR latent (1),\n") +
          "the documentation in the folder docs of the source, of which cli.md describes every "
          "option.\n";
  return page;
}

}  // namespace latent::cli
