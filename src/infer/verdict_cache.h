// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "infer/proof.h"

namespace latent::infer {

/// What Precision::Auto or Best became on a processor.
struct PrecisionChoice {
  Precision precision = Precision::F32;
  std::string device_name;     ///< SessionInfo of what it was chosen for: on another processor, or
  std::string engine_version;  ///< with another engine, it is no choice
  Precision rest = Precision::Auto;  ///< EngineRequest::rest
  std::string device = {};  ///< EngineRequest::device it was chosen on; empty: the processor
  std::string why = {};     ///< no other device was chosen: one sentence, said at each start
  friend bool operator==(const PrecisionChoice&, const PrecisionChoice&) = default;
};

/// What verdicts.json holds.
struct Verdicts {
  std::map<std::string, ProofVerdict> verdicts;    ///< by engine, device, network, compiled network
  std::map<std::string, std::string> blobs;        ///< SHA-256 of a compiled network, by its key
  std::map<std::string, PrecisionChoice> choices;  ///< by what was asked for, and the network
};

/// What a text holds of them: damaged, of another format or another shape, it holds none, and an
/// entry that is none is left out.
[[nodiscard]] Verdicts parse_verdicts(std::string_view text);
[[nodiscard]] std::string dump_verdicts(const Verdicts& verdicts);

/// Verdicts of proofs and what the compiled networks were that this machine made, kept in one JSON
/// file. What cannot be read is as what is not there: it is proved or compiled once more.
class VerdictCache {
 public:
  /// An empty folder keeps nothing.
  explicit VerdictCache(const std::filesystem::path& folder)
      : file_(folder.empty() ? folder : folder / "verdicts.json") {}

  [[nodiscard]] std::optional<ProofVerdict> find(const std::string& key) const;
  void store(const std::string& key, const ProofVerdict& verdict) const;

  [[nodiscard]] std::optional<PrecisionChoice> find_choice(const std::string& key) const;
  void store_choice(const std::string& key, const PrecisionChoice& choice) const;

  /// SHA-256 of the compiled network that was kept under that key; empty where none was.
  [[nodiscard]] std::string blob_of(const std::string& key) const;
  void keep_blob(const std::string& key, const std::string& sha256) const;

 private:
  [[nodiscard]] Verdicts read() const;
  void write(const Verdicts& verdicts) const;

  std::filesystem::path file_;
};

}  // namespace latent::infer
