// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/verb_tree.h"

namespace latent::cli {

/// A script that completes the program's verbs, options and words of options.
[[nodiscard]] std::string bash_completion(const std::vector<VerbFacts>& tree);
[[nodiscard]] std::string zsh_completion(const std::vector<VerbFacts>& tree);
[[nodiscard]] std::string fish_completion(const std::vector<VerbFacts>& tree);

}  // namespace latent::cli
