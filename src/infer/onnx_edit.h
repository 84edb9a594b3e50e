// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace latent::infer {

/// A node of a graph: its names, and everything else of it (attributes) as it stood.
struct OnnxNode {
  std::string name;
  std::string kind;    ///< "Conv"
  std::string domain;  ///< empty: ONNX's own
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::byte> rest;

  [[nodiscard]] bool is(std::string_view operator_name) const {
    return kind == operator_name && (domain.empty() || domain == "ai.onnx");
  }
  /// An integer among the attributes.
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view attribute) const;
  void add_integer(std::string_view attribute, std::int64_t value);
};

/// A tensor that stands in the file (initialiser); its values are read when they are asked for.
struct OnnxConstant {
  std::string name;
  std::vector<std::int64_t> dims;
  std::uint64_t type = 0;  ///< ONNX's number of the type of its elements
  std::shared_ptr<const std::vector<std::byte>> message;  ///< the whole TensorProto

  /// Of float32 or float16.
  ///
  /// Errors   Corrupt      not as many values as the dimensions say.
  ///          Unsupported  of another type. The sentences are predicates.
  [[nodiscard]] Result<std::vector<float>> floats() const;

  /// `values` are the elements as they lie in memory, little-endian.
  [[nodiscard]] static OnnxConstant of(std::string name, std::vector<std::int64_t> dims,
                                       std::uint64_t type, std::span<const std::byte> values);
};

/// An ONNX taken apart as far as it takes to put other nodes and constants in. What is not
/// looked at here comes out as it went in, byte for byte.
struct OnnxDocument {
  std::int64_t operator_set = 0;  ///< of ONNX's own operators
  std::vector<OnnxNode> nodes;    ///< each after those that it needs
  std::vector<OnnxConstant> constants;
  std::vector<std::string> inputs;              ///< constants left out
  std::vector<std::vector<std::byte>> outputs;  ///< ValueInfoProtos
  std::vector<std::byte> rest_of_model;
  std::vector<std::byte> rest_of_graph;
  /// Functions, or graphs inside of nodes: what is named there is not seen here.
  bool has_more_graphs = false;

  /// `onnx`  that judge_onnx() let through.
  /// Errors  Corrupt  no ONNX, or damaged; the sentence is a predicate.
  [[nodiscard]] static Result<OnnxDocument> read(std::span<const std::byte> onnx);
  [[nodiscard]] std::vector<std::byte> write() const;

  /// The graph gives these tensors and nothing else.
  void give(const std::vector<std::pair<std::string, std::uint64_t>>& names_and_types);

  [[nodiscard]] const OnnxConstant* constant(std::string_view name) const;
  /// The node that gives a tensor; null where none does.
  [[nodiscard]] const OnnxNode* maker_of(std::string_view tensor) const;
};

}  // namespace latent::infer
