// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "cli/verb_tree.h"

namespace latent::cli {

/// "latent-models-install", the name of a verb's manual page.
[[nodiscard]] std::string manual_name(const VerbFacts& verb);

/// The manual page of a verb, section 1, in roff with the macros of man(7). It has no date, so that
/// a build can be repeated byte for byte.
[[nodiscard]] std::string manual_page(const VerbFacts& verb, const std::string& version);

}  // namespace latent::cli
