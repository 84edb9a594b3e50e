// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "infer/tensor_session.h"

namespace latent::infer {

/// The doors of a graph, in its own order; inputs that have an initialiser are none.
struct GraphPorts {
  std::vector<TensorPort> inputs;
  std::vector<TensorPort> outputs;
};

/// Reads names, types and dimensions of an ONNX's inputs and outputs, and nothing else of it: what
/// engines forget (symbolic names, the order) is found here. Weights are skipped, not read.
///
/// Errors   Corrupt  no ONNX, or damaged; the sentence is a predicate.
/// Source   Protocol Buffers encoding; onnx.proto of ONNX 1.16 (field numbers).
[[nodiscard]] Result<GraphPorts> read_graph_ports(std::span<const std::byte> onnx);

/// The ONNX with an initialiser for one of its inputs, which thereby is none any more: every
/// element of a float32 tensor of these dimensions is `value`.
///
/// Protocol Buffers merge a message that comes twice, so what is added stands behind the rest.
[[nodiscard]] std::vector<std::byte> with_constant_input(std::span<const std::byte> onnx,
                                                         const std::string& input,
                                                         const std::vector<std::int64_t>& dims,
                                                         const std::string& type, float value);

}  // namespace latent::infer
