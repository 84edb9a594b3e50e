// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "models/trust/trust.h"

namespace latent::app {

/// Reads the text of a policy.toml. What stands outside of comments must be ASCII, since the TOML
/// reader is undefined on other letters outside of strings, and strings can spell them: "\u00E9".
///
/// Errors   Corrupt  not such a text, an unknown key, or a value a key cannot have; the sentence
///                   names it and has no subject of its own.
[[nodiscard]] Result<models::Policy> parse_policy(std::string_view text);

/// Reads policy.toml; an absent file is the policy that accepts everything.
///
/// Errors   Corrupt  as parse_policy().
///          others   as read_small_file().
[[nodiscard]] Result<models::Policy> read_policy(const std::filesystem::path& file);

/// Writes it, whole and in one rename.
///
/// Errors   Io.
[[nodiscard]] Status write_policy(const std::filesystem::path& file, const models::Policy& policy);

/// Changes one key by its word, as `latent models policy set` does.
///
/// Errors   Usage  no such key or value; the sentence lists what there is.
[[nodiscard]] Status set_policy(models::Policy& policy, const std::string& key,
                                const std::string& value);

/// The one refusal of a model, wherever it comes up; `objections` are models::objections(), of
/// which there is one at least.
[[nodiscard]] tl::unexpected<Error> refused_by_policy(const std::string& id,
                                                      const std::vector<std::string>& objections);

/// Errors   Unsupported  the policy does not accept the model `id`, which states `trust`.
[[nodiscard]] Status hold_to_policy(const models::Policy& policy, const std::string& id,
                                    const models::TrustFacts& trust);

/// Every key with its value as set_policy() takes it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> policy_words(
    const models::Policy& policy);

}  // namespace latent::app
