// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "infer/proof.h"
#include "infer/tensor_session.h"

namespace latent::infer {

/// What a tensor session is judged by.
struct TensorProbe {
  std::vector<NamedTensor> inputs;  ///< of every input of the graph
  /// The largest difference allowed, as a share of the largest number of the right output.
  double tolerance_f32 = 1e-3;
  double tolerance_low = 0.05;  ///< the same in bf16 and f16
};

/// A tensor session that may be used, and what had to be given up to get it.
struct ProvedTensorSession {
  std::unique_ptr<TensorSession> session;
  ProofVerdict verdict;              ///< passed without measuring for float32 on the processor
  std::vector<std::string> notices;  ///< one sentence for each step down, to be shown
};

/// open_tensor_session(), or what a test puts in its place.
using TensorSessionFactory = std::function<Result<std::unique_ptr<TensorSession>>(
    const OnnxSource&, const EngineRequest&, const std::map<std::string, std::int64_t>&)>;

/// Opens a graph as asked for and proves it, as open_proved_session() does for tiles: every device
/// and precision but float32 on the processor runs the probe and must agree with float32 on the
/// processor. What does not agree, fails or gives a number that is not finite is left, with a
/// notice. Verdicts are kept in `request.cache_dir` by engine, device, driver, graph, precision,
/// sizes and the shapes of the probe.
///
/// Errors   as open_tensor_session() and TensorSession::run(); Device where float32 on the processor
///          itself gives no finite answer.
[[nodiscard]] Result<ProvedTensorSession> open_proved_tensor_session(
    const OnnxSource& source, const EngineRequest& request,
    const std::map<std::string, std::int64_t>& sizes, const TensorProbe& probe,
    const TensorSessionFactory& factory = open_tensor_session);

/// How far the outputs of one run are from those of another, the worst of them all; `tolerance` is
/// a share of the largest number of each right output.
[[nodiscard]] ProofVerdict compare(const std::vector<NamedTensor>& found,
                                   const std::vector<NamedTensor>& expected, double tolerance);

}  // namespace latent::infer
