// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "models/store/files.h"
#include "models/store/registry.h"
#include "models/trust/trust.h"

namespace latent::models {

/// What a list of models shows of a package: read from its config.json, not judged.
struct PackageFacts {
  std::string name;
  std::string task;
  std::string version;
  std::string description;
  std::vector<std::string> kinds;  ///< of its networks, "" for one without our block
  TrustFacts trust;
  std::string problem;  ///< one sentence where it cannot be read; the rest is empty then
  friend bool operator==(const PackageFacts&, const PackageFacts&) = default;
};

/// Remembers the facts and hashes of packages by path, size, time and inode, so that a list of many
/// opens none. A cache: what is wrong with its file is forgotten.
class FactsCache {
 public:
  /// Reads `file`; an absent or damaged one is an empty cache.
  explicit FactsCache(std::filesystem::path file);

  [[nodiscard]] PackageFacts facts_of(const PackagePlace& place, const Limits& limits);

  /// SHA-256 of an archive; nothing for a folder, which is no one file, or what cannot be read.
  [[nodiscard]] std::optional<std::string> sha256_of(const PackagePlace& place);

  /// Whether a package had to be opened or hashed since.
  [[nodiscard]] bool changed() const { return changed_; }
  /// Keeps what was asked for, forgets the rest. Failure is of no matter.
  void save() const;

 private:
  struct Entry {
    FileMark mark;
    PackageFacts facts;
    std::string sha256 = {};  ///< "" where nobody asked for it yet
    bool asked = false;
  };
  std::filesystem::path file_;
  std::map<std::string, Entry> entries_;
  bool changed_ = false;
};

/// The facts of a manifest.
[[nodiscard]] PackageFacts facts_of_manifest(const Manifest& manifest);

}  // namespace latent::models
