// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace latent::cli {

namespace {

/// A word in single quotes, for all three shells.
std::string quoted_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// As quoted_word(); fish knows a backslash before a quote inside single quotes.
std::string fish_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::vector<std::string> option_names(const VerbFacts& verb) {
  std::vector<std::string> names;
  for (const auto& option : verb.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

std::string joined(const VerbFacts& verb, const std::string& below) {
  return verb.path.empty() ? below : verb.path + " " + below;
}

/// Lines of a `case` that follow the verbs of a command line: "path/word") path=...
std::string verb_cases(const std::vector<VerbFacts>& tree) {
  std::string lines;
  for (const auto& verb : tree) {
    for (const auto& below : verb.verbs) {
      lines += fmt::format("      {}) verbs={} ;;\n", quoted_word(verb.path + "/" + below),
                           quoted_word(joined(verb, below)));
    }
  }
  return lines;
}

/// Lines of a `case` over "verbs,option" for options that take words; `offer` is the shell's
/// command that offers the words after it.
std::string value_cases(const std::vector<VerbFacts>& tree, const char* offer) {
  std::string lines;
  for (const auto& verb : tree) {
    for (const auto& option : verb.options) {
      if (option.choices.empty() || option.takes_path) continue;
      std::vector<std::string> patterns;
      for (const auto& name : option.names) patterns.push_back(quoted_word(verb.path + "," + name));
      lines += fmt::format("    {}) {} ; return ;;\n", fmt::join(patterns, "|"),
                           fmt::format(fmt::runtime(offer), fmt::join(option.choices, " ")));
    }
  }
  return lines;
}

/// Lines of a `case` over verbs: what may follow.
std::string word_cases(const std::vector<VerbFacts>& tree, const char* options, const char* below) {
  std::string lines;
  for (const auto& verb : tree) {
    lines += fmt::format(
        "    {}) {}{} ;;\n", quoted_word(verb.path),
        fmt::format(fmt::runtime(options), fmt::join(option_names(verb), " ")),
        verb.verbs.empty() ? "" : fmt::format(fmt::runtime(below), fmt::join(verb.verbs, " ")));
  }
  return lines;
}

}  // namespace

std::string bash_completion(const std::vector<VerbFacts>& tree) {
  std::string text =
      "# Completion of latent for bash; made by: latent completion bash\n"
      "_latent() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local verbs='' options='' below='' word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$verbs/$word\" in\n";
  text += verb_cases(tree);
  text +=
      "    esac\n"
      "  done\n"
      "  case \"$verbs,$prev\" in\n";
  text += value_cases(tree, "COMPREPLY=($(compgen -W '{}' -- \"$cur\"))");
  text +=
      "  esac\n"
      "  case \"$verbs\" in\n";
  text += word_cases(tree, "options='{}'", " ; below='{}'");
  text +=
      "  esac\n"
      "  if [[ $cur == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
      "  elif [[ -n $below ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$below\" -- \"$cur\"))\n"
      "  else\n"
      "    compopt -o filenames 2>/dev/null\n"
      "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
      "  fi\n"
      "}\n"
      "complete -F _latent latent\n";
  return text;
}

std::string zsh_completion(const std::vector<VerbFacts>& tree) {
  std::string text =
      "#compdef latent\n"
      "# Completion of latent for zsh; made by: latent completion zsh\n"
      "_latent() {\n"
      "  local verbs='' word\n"
      "  local -a options below\n"
      "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
      "    case \"$verbs/$word\" in\n";
  text += verb_cases(tree);
  text +=
      "    esac\n"
      "  done\n"
      "  case \"$verbs,$words[CURRENT-1]\" in\n";
  text += value_cases(tree, "compadd -- {}");
  text +=
      "  esac\n"
      "  case \"$verbs\" in\n";
  text += word_cases(tree, "options=({})", " ; below=({})");
  text +=
      "  esac\n"
      "  if [[ $words[CURRENT] == -* ]]; then\n"
      "    compadd -- $options\n"
      "  elif (( $#below )); then\n"
      "    compadd -- $below\n"
      "  else\n"
      "    _files\n"
      "  fi\n"
      "}\n"
      "_latent \"$@\"\n";
  return text;
}

namespace {

/// The function that gives the verbs of the command line so far.
std::string fish_function(const std::vector<VerbFacts>& tree) {
  std::string text =
      "function __latent_verbs\n"
      "  set -l verbs ''\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    switch \"$verbs/$word\"\n";
  for (const auto& verb : tree) {
    for (const auto& below : verb.verbs) {
      text += fmt::format("      case {}\n        set verbs {}\n",
                          fish_word(verb.path + "/" + below), fish_word(joined(verb, below)));
    }
  }
  return text +
         "    end\n"
         "  end\n"
         "  echo $verbs\n"
         "end\n"
         "function __latent_at\n"
         "  test (__latent_verbs) = \"$argv[1]\"\n"
         "end\n";
}

std::string fish_option(const std::string& at, const OptionFacts& option) {
  std::string line = fmt::format("complete -c latent -n {}", at);
  for (const auto& name : option.names) {
    line += name.starts_with("--") ? " -l " : " -s ";
    line += name.substr(name.starts_with("--") ? 2 : 1);
  }
  if (!option.value.empty()) line += option.takes_path ? " -r" : " -x";
  if (!option.choices.empty()) {
    line += " -a " + fish_word(fmt::format("{}", fmt::join(option.choices, " ")));
  }
  return line + " -d " + fish_word(option.help) + "\n";
}

/// The lines of the verbs right below one.
std::string fish_verbs(const std::string& at, const VerbFacts& verb,
                       const std::vector<VerbFacts>& tree) {
  std::string lines;
  for (const auto& below : tree) {
    const std::string last = below.path.substr(below.path.rfind(' ') + 1);
    if (below.path.empty() || joined(verb, last) != below.path) continue;
    lines += fmt::format("complete -c latent -n {} -f -a {} -d {}\n", at, fish_word(last),
                         fish_word(below.summary));
  }
  return lines;
}

}  // namespace

std::string fish_completion(const std::vector<VerbFacts>& tree) {
  std::string text =
      "# Completion of latent for fish; made by: latent completion fish\n" + fish_function(tree);
  for (const auto& verb : tree) {
    const std::string at = fish_word("__latent_at " + fish_word(verb.path));
    text += fish_verbs(at, verb, tree);
    for (const auto& option : verb.options) {
      if (!option.names.empty()) text += fish_option(at, option);
    }
  }
  return text;
}

}  // namespace latent::cli
