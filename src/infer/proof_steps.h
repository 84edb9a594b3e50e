// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "infer/engine.h"
#include "infer/proof.h"

namespace latent::infer {

// What the proofs of tile sessions and of tensor sessions share; inside this room only.

/// Float32 on the processor is what all else is compared with.
[[nodiscard]] bool is_judge(const SessionInfo& info);

/// The request for the session that judges: float32 on the processor, by the same engine if it was
/// named, so that a machine with one engine only can prove.
[[nodiscard]] EngineRequest judge_request(const EngineRequest& request);

/// What is tried in turn: as asked, the same device in float32, the processor in float32.
[[nodiscard]] std::vector<EngineRequest> proof_ladder(const EngineRequest& request);

/// "openvino on gpu in f16", to begin a notice with.
[[nodiscard]] std::string session_words(const SessionInfo& info);

/// "|basic" where a package allows ONNX Runtime less than all: part of a verdict's key.
[[nodiscard]] std::string optimization_words(const SessionInfo& info,
                                             const models::OptimizationRule& rule);

/// Whether an error is a fault of the question, not of a device: no step down makes it better.
[[nodiscard]] bool is_final(const Error& error, const std::string& device, bool as_asked);

/// A verdict that did not pass.
[[nodiscard]] ProofVerdict refused_verdict(std::string problem);

}  // namespace latent::infer
