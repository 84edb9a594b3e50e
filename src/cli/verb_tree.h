// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "cli/verbs.h"

namespace latent::cli {

/// An option as manual pages and completions show it.
struct OptionFacts {
  std::vector<std::string> names;    ///< "-o", "--output"; empty for a positional
  std::string positional;            ///< "files"; empty for an option
  std::string group;                 ///< heading under which --help lists it
  std::string value;                 ///< "0..100"; empty for a flag
  std::vector<std::string> choices;  ///< the words that it takes, where it takes words
  bool takes_path = false;           ///< a value that may be a file or folder
  std::string usual;                 ///< default; may be empty
  std::string help;
};

/// A verb and everything that its --help shows.
struct VerbFacts {
  std::string path;                ///< "models install"; empty: the program itself
  std::string summary;             ///< first paragraph of its description
  std::string more;                ///< what follows it
  std::vector<std::string> verbs;  ///< names of the verbs below it
  std::vector<OptionFacts> options;
};

/// The program and all its verbs, parents first, in the order of --help.
[[nodiscard]] std::vector<VerbFacts> verb_tree(const CLI::App& program);

}  // namespace latent::cli
