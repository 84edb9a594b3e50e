// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/task_table.h"
#include "base/result.h"

namespace latent::app {

/// What is taken of a folder that is named as a source.
enum class Folders : std::uint8_t {
  Flat,      ///< the photographs in it
  Recursive  ///< and those in the folders below, links to folders apart
};

/// Whether a file is a photograph that the task takes, by its first bytes and its name; also true
/// of one that cannot be read, so that somebody says why.
[[nodiscard]] bool takes(const TaskRow& row, const std::filesystem::path& file);

/// Whether the name of a file fits one of the patterns of the shell ("*.NEF"), whatever the case of
/// its letters.
[[nodiscard]] bool matches_name(const std::filesystem::path& file,
                                const std::vector<std::string>& patterns);

/// The sources that were named, each folder replaced by the photographs in it that the task takes,
/// by their names in order. Photographs are known by their first bytes, and raws by their names;
/// hidden files and folders are passed over.
///
/// Errors   Usage  a folder without a photograph for the task; Io  one that cannot be read.
[[nodiscard]] Result<std::vector<std::filesystem::path>> gathered(
    const std::vector<std::filesystem::path>& named, const TaskRow& row, Folders folders);

}  // namespace latent::app
