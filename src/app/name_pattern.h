// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace latent::app {

/// What the variables of a name stand for, for one source.
struct NameFacts {
  std::filesystem::path source;
  std::size_t sequence = 1;  ///< number of the source in its job, from 1
  std::string task;          ///< "denoise"
  std::string suffix;        ///< "_denoise"
  /// When the photograph was taken, as EXIF writes it ("2024:05:31 18:20:05"); asked for only where
  /// a variable needs it.
  std::function<std::optional<std::string>()> taken;
};

/// The text with every $(NAME) replaced by what `value_of` gives for NAME.
///
/// Errors   Usage  a $( without its ); those of `value_of`.
[[nodiscard]] Result<std::string> with_variables(
    const std::string& text, const std::function<Result<std::string>(std::string_view)>& value_of);

/// What one of the variables that every name may have stands for.
///
/// Errors   as expanded().
[[nodiscard]] Result<std::string> value_of_variable(std::string_view name, const NameFacts& facts);

/// Whether a name has variables: $(...).
[[nodiscard]] bool has_variables(const std::filesystem::path& name);

/// Whether it begins with a variable that is a whole path, so that it is relative to nothing.
[[nodiscard]] bool begins_with_a_place(const std::filesystem::path& name);

/// Whether all its variables are known: asked before anything runs.
///
/// Errors   Usage  one is not, or has no end; the sentence names it and those there are.
[[nodiscard]] Status check_variables(const std::filesystem::path& name);

/// The name with its variables replaced. What comes from the photograph becomes one part of a path:
/// no slash in it makes a folder.
///
/// Errors   Usage  as check_variables(); a photograph without the date that is asked for.
/// Source   variables of darktable's export (FILE_FOLDER, FILE_NAME, FILE_EXTENSION, SEQUENCE, YEAR,
///          EXIF.YEAR and EXIF_YEAR, HOME); TASK and SUFFIX are our own.
[[nodiscard]] Result<std::filesystem::path> expanded(const std::filesystem::path& name,
                                                     const NameFacts& facts);

}  // namespace latent::app
