// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infer/devices.h"
#include "infer/proof.h"
#include "infer/verdict_cache.h"

namespace latent::infer {

/// Proves the precisions of a network on the processor, and finds the fastest.
///
/// All of it happens on a small tile of its own, once for each processor, engine and file of the
/// network, whatever tiles the network is then compiled for: float32 on the processor gives the
/// right answer and the pace that others are held to. Of use for networks that take any tile and
/// have a golden output.
///
/// In 8-bit integers the answer must also be the same on tiles of two sizes (rule 2 of
/// docs/architecture.md): an engine that takes other kernels for another size gives other last
/// digits, rounding may turn these into other integers, and some networks make much of that.
///
/// Threads  one call at a time. What it refers to must outlive it.
class ProcessorProof {
 public:
  ProcessorProof(const models::Network& network, const EngineRequest& request,
                 const SessionFactory& factory);

  /// Whether `request` asks for the fastest precision on the processor, or for 8-bit integers, of
  /// which what stays in float is then computed in the faster of bf16 and float32.
  [[nodiscard]] static bool answers(const EngineRequest& request, const models::Network& network);

  struct Choice {
    Precision precision = Precision::F32;
    std::optional<PrecisionChoice> kept;  ///< where it is one of the cache
    std::vector<std::string> notices;     ///< what was tried and is wrong, one sentence each
  };

  /// What Precision::Auto or Best becomes: from the cache, or measured now. A network in 8-bit
  /// integers must be faster by a tenth than what loses nothing.
  ///
  /// Errors   as the factory for float32; Device where float32 itself gives no finite answer.
  [[nodiscard]] Result<Choice> choose();

  /// The same, always measured.
  [[nodiscard]] Result<Choice> choose_anew();

  /// What was found for EngineRequest::rest by choose().
  [[nodiscard]] Precision rest() const { return request_.rest; }

  /// Remembers what was chosen for the session that came of it.
  void keep(const SessionInfo& chosen);

  /// Whether a choice of the cache was made for this processor and engine.
  [[nodiscard]] static bool fits(const PrecisionChoice& kept, const SessionInfo& info);

  /// The verdict on the precision of a session that is open: from the cache, or measured now.
  ///
  /// Errors   as choose().
  [[nodiscard]] Result<ProofVerdict> verdict_of(const SessionInfo& info);

 private:
  struct Measured {
    SessionInfo info;
    Tensor answer;
    double seconds = 0;
  };

  using Opened = Result<std::unique_ptr<Session>>;

  /// Compiles for the small tile.
  [[nodiscard]] Opened open(Precision precision);
  [[nodiscard]] Result<Measured> measure(Precision precision);
  [[nodiscard]] Status find_reference();
  [[nodiscard]] Result<ProofVerdict> examine(Precision precision);
  /// How far an answer in 8-bit integers depends on the size of the tile; empty where it does not.
  [[nodiscard]] Result<std::string> fault_of_tiles() const;
  [[nodiscard]] Result<Tensor> answer_of(Size tile) const;
  [[nodiscard]] std::vector<Precision> candidates() const;
  [[nodiscard]] std::string choice_key() const;
  [[nodiscard]] double per_megapixel(double seconds) const;

  const models::Network& network_;
  EngineRequest request_;
  const SessionFactory& factory_;
  VerdictCache cache_;
  Size tile_;
  std::optional<Measured> reference_;
  std::map<Precision, ProofVerdict> examined_;
};

/// The tile that precisions of the processor are judged on.
[[nodiscard]] Size proof_tile(const models::Network& network);

/// Of a precision on the processor that was proved or timed before; nothing where it was not.
[[nodiscard]] std::optional<ProofVerdict> known_verdict(const models::Network& network,
                                                        const DeviceFacts& device,
                                                        Precision precision,
                                                        const std::filesystem::path& cache_dir);

}  // namespace latent::infer
