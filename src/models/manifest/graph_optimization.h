// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace latent::models {

/// How far an engine may rewrite a graph before it runs it. Some graphs state shapes that are
/// wrong, and break where an engine trusts them.
enum class GraphOptimization : std::uint8_t { All, Basic, Disabled };

/// What a package allows for one of its ONNX files, by execution provider of ONNX Runtime; other
/// engines have no such choice.
struct OptimizationRule {
  GraphOptimization usual = GraphOptimization::All;
  /// By the words of our command line: "cpu", "cuda", "directml", ...
  std::map<std::string, GraphOptimization, std::less<>> providers;

  [[nodiscard]] GraphOptimization at(std::string_view provider) const {
    const auto found = providers.find(provider);
    return found == providers.end() ? usual : found->second;
  }
};

/// "all", "basic", "disabled".
[[nodiscard]] const char* graph_optimization_name(GraphOptimization optimization);

}  // namespace latent::models
