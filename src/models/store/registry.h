// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "models/store/package.h"

namespace latent::models {

/// A place where a package may lie. Its content has not been judged.
struct PackagePlace {
  std::string id;  ///< from the file name
  std::filesystem::path path;
};

/// Finds packages in folders. The first folder that has an id wins.
///
/// Threads  const functions from any thread; nothing is cached, so a package dropped in is seen.
class Registry {
 public:
  explicit Registry(std::vector<std::filesystem::path> folders, Limits limits = {})
      : folders_(std::move(folders)), limits_(limits) {}

  /// What the folders hold, sorted by id: `<id>.dtmodel` and folders with a config.json. Folders
  /// that are absent or cannot be read hold nothing.
  [[nodiscard]] std::vector<PackagePlace> list() const;

  /// Opens a package by id, or by path where `id_or_path` names an existing file or folder or looks
  /// like a path (has a '/' or ends with ".dtmodel").
  ///
  /// Errors   NotFound  neither; the sentence lists the ids there are.
  ///          others as Package::open(); Corrupt where the package's id is not the one asked for.
  [[nodiscard]] Result<Package> open(const std::string& id_or_path) const;

 private:
  std::vector<std::filesystem::path> folders_;
  Limits limits_;
};

}  // namespace latent::models
