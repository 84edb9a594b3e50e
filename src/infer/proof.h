// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/engine.h"

namespace latent::infer {

/// How well a device agreed with float32 on the processor.
struct ProofVerdict {
  bool passed = false;
  bool measured = false;             ///< an answer was compared; false where the device gave none
  bool cached = false;               ///< read from the cache, not measured now
  double worst = 0;                  ///< largest absolute difference on the probe tile
  double rms = 0;                    ///< root mean square of the difference
  double rms_expected = 0;           ///< of the right answer
  double seconds_per_megapixel = 0;  ///< of frame pixels, one tile at a time; 0: not measured
  std::string problem;               ///< one sentence where it did not pass
};

/// A session that may be used, and what had to be given up to get it.
struct ProvedSession {
  std::unique_ptr<Session> session;
  ProofVerdict verdict;              ///< of `session`; passed without measuring for f32 on the CPU
  std::vector<std::string> notices;  ///< one sentence for each step down, to be shown
};

/// Compiles a network as asked for and proves it: every device and precision but float32 on the
/// processor runs the package's golden input, repeated to fill the tile, and must agree with
/// float32 on the processor within the manifest's tolerance. Precisions of the processor are proved
/// on a small tile, once whatever the size of `tile` (processor_proof.h), and there Precision::Auto
/// and Best become the fastest that passes. What does not agree, fails or gives a
/// number that is not finite is left, with a notice: a device for the processor, bf16 or f16 for
/// f32. A network without a golden output (one made for another program) is judged by the same
/// probe, with tolerances that are shares of the largest sample of the right answer. Verdicts are
/// kept in `request.cache_dir` by engine, device, driver, model, precision, shape and the SHA-256
/// of the compiled network; one that comes from the cache and does not agree is compiled anew,
/// once.
///
/// A device or precision asked for by name that is not there at all is an error; one that is there
/// and lies is left, with a notice.
///
/// Errors   as create_session(); Device where float32 on the processor itself gives no finite
/// answer, or a first tile takes longer than `request.start_seconds`.
[[nodiscard]] Result<ProvedSession> open_proved_session(
    const models::Network& network, Size tile, const EngineRequest& request,
    const SessionFactory& factory = create_session);

/// The golden input of a network repeated and cropped to fill a tensor of this shape.
/// Seams are as good a probe as the rest.
[[nodiscard]] Result<Tensor> probe_tile(const models::Network& network, TensorShape shape);

/// Runs the golden pair of a package on its own size and compares with what it promises: how a
/// package is judged when it is imported.
///
/// Errors   as create_session(). A wrong answer is no error but a verdict.
[[nodiscard]] Result<ProofVerdict> check_golden(const models::Network& network,
                                                const EngineRequest& request,
                                                const SessionFactory& factory = create_session);

/// How far `found` is from `expected`; passed where no sample is further than `tolerance`, all are
/// finite, and the difference is small beside the right answer itself (a tenth in RMS: an engine
/// that gives zeros is within many a tolerance).
[[nodiscard]] ProofVerdict compare(ConstTensorView found, ConstTensorView expected,
                                   double tolerance);

/// Runs one tile of plausible content, as a task will, to find out whether the network runs at all.
/// Of its answer only that it is finite can be judged.
///
/// Errors   as the factory; ModelMismatch  the answer holds numbers that are not finite; Device.
[[nodiscard]] Status try_one_tile(const models::Network& network, Size tile,
                                  const EngineRequest& request,
                                  const SessionFactory& factory = create_session);

}  // namespace latent::infer
