// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "models/manifest/manifest.h"

namespace latent::models {

/// One input or output of an ONNX graph, as an engine read it. No engine is known here.
struct PortFacts {
  std::string name;
  std::string type;                ///< "f32", "f16", "i64", ...
  std::vector<std::int64_t> dims;  ///< -1: free
};

struct GraphFacts {
  std::vector<PortFacts> inputs;
  std::vector<PortFacts> outputs;
};

/// Whether the package has the ONNX files that its task promises: model.onnx, encoder.onnx and
/// decoder.onnx, model_x2.onnx ... Packages with networks of kinds latent_* have a contract of
/// their own and always pass; a task that nobody defined asks for one ONNX file of any name.
///
/// Errors   ModelMismatch  the sentence names the task and the file.
/// Source   docs/package-format.md, part "Tasks".
[[nodiscard]] Status hold_to_task_files(const Manifest& manifest,
                                        const std::vector<std::string>& file_names);

/// Whether the graph in the file `stem`.onnx has the tensors that the task promises: how many,
/// their names where darktable finds them by name or order, ranks, channels, types, and sizes that
/// belong together.
///
/// Errors   ModelMismatch  the sentence names the file and the tensor.
[[nodiscard]] Status hold_to_task_ports(const Manifest& manifest, const std::string& stem,
                                        const GraphFacts& graph);

/// Whether the graph is the one that a network of kind graph_v1 declares: the same tensors in the
/// same order, with these types and sizes.
///
/// Errors   ModelMismatch  the sentence names the tensor.
[[nodiscard]] Status hold_to_graph_spec(const GraphSpec& spec, const GraphFacts& graph);

}  // namespace latent::models
