// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "infer/onnx_graph.h"
#include "infer/ort_plugin.h"
#include "infer/tensor_session.h"

// What the tensor sessions of both engines share: the doors of a graph, and what passes them.
namespace latent::infer {

/// Bytes of one element of a type ("f32"); 0 for a type that does not pass.
[[nodiscard]] std::size_t element_bytes(const std::string& type);

/// Free dimensions whose name is among `sizes`, fixed.
void fix_sizes(GraphPorts& ports, const std::map<std::string, std::int64_t>& sizes);

/// The tensors in the order of the ports, each of the shape that its port wants.
///
/// Errors   ModelMismatch  one is missing, unknown, twice, or has another shape or too few values.
[[nodiscard]] Result<std::vector<const NamedTensor*>> in_order_of(
    const std::vector<TensorPort>& ports, const std::vector<NamedTensor>& tensors);

/// The samples as the graph wants them.
///
/// Errors   ModelMismatch  a number that the type does not hold (a fraction for an integer), or a
///                         type that does not pass.
[[nodiscard]] Result<std::vector<std::byte>> converted_to(const TensorPort& port,
                                                          std::span<const float> values);

/// The samples of an answer as float32; `bytes` holds whole elements of that type.
///
/// Errors   ModelMismatch  a type that does not pass.
[[nodiscard]] Result<std::vector<float>> converted_from(const TensorPort& port,
                                                        std::span<const std::byte> bytes);

/// "[1, 3, 512, 512]", free ones by their name or "?".
[[nodiscard]] std::string written(const TensorPort& port);
[[nodiscard]] std::string written(const std::vector<std::int64_t>& dims);

/// The engines' part of open_tensor_session(); the source has its bytes, `ports` are the graph's,
/// sizes fixed already.
[[nodiscard]] Result<std::unique_ptr<TensorSession>> open_openvino_tensors(
    const OnnxSource& source, const EngineRequest& request, GraphPorts ports,
    const std::map<std::string, std::int64_t>& sizes);
[[nodiscard]] Result<std::unique_ptr<TensorSession>> open_onnxruntime_tensors(
    const OnnxSource& source, const EngineRequest& request, GraphPorts ports,
    const std::map<std::string, std::int64_t>& sizes, const OrtPluginTarget& target = {});

}  // namespace latent::infer
