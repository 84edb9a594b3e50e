// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
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

/// What is tried in turn: as asked, the same device in float32, the processor in float32. A device of
/// a plug-in that may choose must pass the limit of float32 first, else that of 16 bits.
[[nodiscard]] std::vector<EngineRequest> proof_ladder(const EngineRequest& request);

/// Whether a step asks a device only whether its answer loses more than 16 bits may: of no use where
/// it gave none.
[[nodiscard]] bool is_second_look(const EngineRequest& step);

/// "openvino on gpu in f16", to begin a notice with.
[[nodiscard]] std::string session_words(const SessionInfo& info);

/// "|basic" where a package allows ONNX Runtime less than all: part of a verdict's key.
[[nodiscard]] std::string optimization_words(const SessionInfo& info,
                                             const models::OptimizationRule& rule);

/// Whether an error is a fault of the question, not of a device: no step down makes it better.
[[nodiscard]] bool is_final(const Error& error, const std::string& device, bool as_asked);

/// Climbs down the ladder until a session passes. `attempt(step)` gives a Result of what has a
/// `session`, a `verdict` and `notices`; `judge_failed()` says whether nothing can be judged at all.
///
/// Errors   those of `attempt` that no step makes better; Device where no session passed.
template <class Attempt, class JudgeFailed>
[[nodiscard]] auto first_that_passes(const EngineRequest& request, const Attempt& attempt,
                                     const JudgeFailed& judge_failed)
    -> decltype(attempt(request)) {
  std::vector<std::string> notices;
  Error last = fail(ErrorCode::Device, "no device was tried").value();
  bool as_asked = true;
  bool answered = true;
  for (const EngineRequest& step : proof_ladder(request)) {
    if (!answered && is_second_look(step)) continue;
    auto tried = attempt(step);
    answered = tried && tried->verdict.measured;
    if (!tried) {
      if (judge_failed() || is_final(tried.error(), step.device, as_asked)) return tried;
      last = std::move(tried).error();
      notices.push_back(last.sentence);
    } else if (tried->verdict.passed) {
      tried->notices = std::move(notices);
      return tried;
    } else {
      const std::string given_up =
          session_words(tried->session->info()) + " is not used: " + tried->verdict.problem;
      last = fail(ErrorCode::Device,
                  "no device computes this network rightly; the last one: " + given_up)
                 .value();
      notices.push_back(given_up);
    }
    as_asked = false;
  }
  return tl::make_unexpected(std::move(last));
}

/// compare() with what the package allows of that precision: in 8-bit integers also of the root mean
/// square. `scale` is that of the tolerance, where the package says nothing of its answer's size.
[[nodiscard]] ProofVerdict compare_in(const models::Network& network, Precision precision,
                                      ConstTensorView found, ConstTensorView expected,
                                      double scale = 1);

/// The largest magnitude of a tensor.
[[nodiscard]] double largest(ConstTensorView tensor);

/// A verdict that did not pass.
[[nodiscard]] ProofVerdict refused_verdict(std::string problem);

}  // namespace latent::infer
