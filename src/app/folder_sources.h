// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "app/task_table.h"
#include "base/result.h"

namespace latent::app {

/// What is taken of a folder that is named as a source.
enum class Folders : std::uint8_t {
  Flat,      ///< the photographs in it
  Recursive  ///< and those in the folders below, links to folders apart
};

/// The sources that were named, each folder replaced by the photographs in it that the task takes,
/// by their names in order. Photographs are known by their first bytes, and raws by their names;
/// hidden files and folders are passed over.
///
/// Errors   Usage  a folder without a photograph for the task; Io  one that cannot be read.
[[nodiscard]] Result<std::vector<std::filesystem::path>> gathered(
    const std::vector<std::filesystem::path>& named, const TaskRow& row, Folders folders);

}  // namespace latent::app
