// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mask/net_contract.h"

namespace latent::tasks {

/// Encodings of photographs as files, so that a photograph is not encoded anew for each mask: an
/// encoder takes seconds, reading a tenth of one.
///
/// A file that is damaged, of another version or of another key is ignored and replaced. What was used least recently goes first, as soon as all of them have more than
/// `most_bytes`. Each is written by SafeFile, open to the user alone.
///
/// Threads  any, and several processes.
class EncodingCache {
 public:
  static constexpr std::uint64_t kMostBytes = 1'000'000'000;

  /// An empty folder keeps nothing.
  explicit EncodingCache(std::filesystem::path folder, std::uint64_t most_bytes = kMostBytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  [[nodiscard]] std::optional<std::vector<mask::NetTensor>> load(const std::string& key) const;

  /// Never fails loudly: a cache that cannot be written costs time, not a mask.
  void store(const std::string& key, const std::vector<mask::NetTensor>& tensors) const;

  [[nodiscard]] bool keeps_nothing() const { return folder_.empty(); }

 private:
  [[nodiscard]] std::filesystem::path file_of(const std::string& key) const;

  std::filesystem::path folder_;
  std::uint64_t most_bytes_;
};

/// The key of an encoding: SHA-256 of the picture as the network sees it, and of the network.
[[nodiscard]] std::string encoding_key(const mask::NetTensor& picture,
                                       const std::string& model_sha256);

}  // namespace latent::tasks
