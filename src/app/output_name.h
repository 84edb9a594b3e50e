// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace latent::app {

/// What to do where the output is there already.
enum class IfExists { NextFreeName, Refuse, Overwrite, Skip };

/// Where a batch puts its results.
struct OutputRule {
  std::optional<std::filesystem::path> file;    ///< exactly this file (one source only)
  std::optional<std::filesystem::path> folder;  ///< this folder instead of the source's own
  IfExists if_exists = IfExists::NextFreeName;
};

struct OutputName {
  std::filesystem::path path;
  bool skip = false;       ///< it is there and the rule says to leave it
  bool overwrite = false;  ///< a file of that name, there now or when it is written, is replaced
  /// Where the rule counts on: the next free name, asked for where another program took `path`
  /// while the result was made. Empty for other rules.
  std::function<Result<std::filesystem::path>()> another;
};

/// The name under which the result for `source`, the only one of its run, is written (OutputPlan
/// names those of many): "<base><suffix>.<extension>" beside the source or in the rule's folder
/// (made where it is missing); the suffix is never added twice, not to a numbered
/// name either, and "_1" .. "_9999" follow where the name is taken.
///
/// Errors   Usage  the result would replace its own source, or stands there and the rule refuses.
///          Io     the folder cannot be made, or no free name is left.
[[nodiscard]] Result<OutputName> output_name(const std::filesystem::path& source,
                                             const std::string& suffix,
                                             const std::string& extension, const OutputRule& rule);

/// Whether a result may be written there.
///
/// Errors   Usage  `target` is `source` itself, by whatever name or link.
[[nodiscard]] Status check_is_not_source(const std::filesystem::path& target,
                                         const std::filesystem::path& source);

/// The first name of "a.tif", "a_1.tif", ... that `is_taken` does not call taken.
///
/// Errors   Io  all are.
[[nodiscard]] Result<std::filesystem::path> first_free_name(
    const std::filesystem::path& wanted,
    const std::function<bool(const std::filesystem::path&)>& is_taken);

}  // namespace latent::app
