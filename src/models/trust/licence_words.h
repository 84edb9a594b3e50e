// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace latent::models {

/// Whether the words of a model card restrict data to research or to what earns no money: in full
/// ("non-commercial", "academic use") or as a licence's short name ("CC BY-NC 4.0").
///
/// Like all here it reads words, whatever their case and punctuation, never parts of words from
/// within: "permitted" names no MIT.
[[nodiscard]] bool says_research_only(std::string_view text);

/// Whether they say that the data is unknown, private or unclear.
[[nodiscard]] bool says_undisclosed(std::string_view text);

/// Whether they name a licence that we know to be open (CC0, CC BY, CC BY-SA, GPL, MIT, ...) and
/// say nothing that takes it back: all rights reserved, redistribution not permitted, no
/// derivatives, "not under MIT", "GPL-incompatible".
[[nodiscard]] bool says_open_licence(std::string_view text);

}  // namespace latent::models
