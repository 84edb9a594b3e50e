// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace latent::infer {

/// Compiled models as files: compiling takes a third of a second, reading one back a tenth of it.
///
/// Each file carries its key and a checksum, is written by SafeFile, and one that is not whole is
/// as one that is not there. That guards against accident; that a file is the one which was put
/// there, VerdictCache::blob_of() tells. At most 24 are kept, the least recently used go first.
class BlobCache {
 public:
  /// An empty folder keeps nothing.
  explicit BlobCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// The bytes stored under the key; empty where there are none.
  [[nodiscard]] std::vector<char> load(const std::string& key) const;

  /// Never fails loudly: a cache that cannot be written costs time, not a picture.
  void store(const std::string& key, std::span<const char> bytes) const;

  /// Forgets what is stored under the key.
  void drop(const std::string& key) const;

  [[nodiscard]] bool keeps_nothing() const { return folder_.empty(); }

 private:
  [[nodiscard]] std::filesystem::path file_for(const std::string& key) const;
  void forget_oldest() const;

  std::filesystem::path folder_;
};

/// Replaces a file of the cache, its folder made where it is missing, both open to the user alone.
[[nodiscard]] Status keep_file(const std::filesystem::path& path,
                               std::initializer_list<std::string_view> parts);

}  // namespace latent::infer
