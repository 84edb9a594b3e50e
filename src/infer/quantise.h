// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "infer/engine.h"
#include "infer/rounding_steps.h"

namespace latent::infer {

/// A convolution that may be computed in 8-bit integers.
struct RoundableConvolution {
  std::string output;  ///< the tensor that it gives, which names it
  std::string input;   ///< what goes into it
  double work = 0;     ///< share of the multiplications of all convolutions of the network
};

/// What calibration found of a network.
struct Calibration {
  std::vector<RoundableConvolution> convolutions;  ///< in the order of the graph
  std::map<std::string, Steps> steps;              ///< by RoundableConvolution::input
};

/// Runs a network in float32 over tiles and looks at what goes into its convolutions.
///
/// All convolutions may be rounded but the first and the last, those that look at the network's
/// input, those whose weights are no float32 numbers of the file (f16 behind a Cast are), and those
/// that have next to nothing to compute.
///
/// `tiles`  inputs of the network, all of one shape; at least one.
/// Memory   beside that of the network 256 MiB for what is looked at; the network runs as often as
///          that needs.
/// Errors   Unsupported    no convolution may be rounded, or the ONNX is of an operator set before
///                         13 that cannot be raised; the sentence is a predicate.
///          ModelMismatch  a number is not finite.
///          Cancelled; others as open_tensor_session().
[[nodiscard]] Result<Calibration> calibrate(const models::Network& network,
                                            const std::vector<Tensor>& tiles,
                                            const EngineRequest& request,
                                            const RunControl& control);

/// The ONNX with QuantizeLinear and DequantizeLinear at its convolutions: weights in int8 with one
/// scale an output channel, what goes in in uint8 where it is never negative and int8 elsewhere.
/// Sums, skips and the convolutions named in `in_float` stay in float32.
///
/// `onnx`   of the network that was calibrated.
/// Errors   Unsupported, Corrupt  as calibrate(), as far as that looks at the ONNX.
[[nodiscard]] Result<std::vector<std::byte>> rounded_network(std::span<const std::byte> onnx,
                                                             const Calibration& found,
                                                             const std::set<std::string>& in_float);

}  // namespace latent::infer
