// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "infer/proof.h"

namespace latent::infer {

/// Verdicts of proofs, kept in one JSON file. What cannot be read is as what is not there.
class VerdictCache {
 public:
  /// An empty folder keeps nothing.
  explicit VerdictCache(const std::filesystem::path& folder)
      : file_(folder.empty() ? folder : folder / "verdicts.json") {}

  [[nodiscard]] std::optional<ProofVerdict> find(const std::string& key) const;
  void store(const std::string& key, const ProofVerdict& verdict) const;

 private:
  std::filesystem::path file_;
};

}  // namespace latent::infer
