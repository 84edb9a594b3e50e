// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace latent::models {

/// One input or output of a network of kind graph_v1, in the order of the graph.
struct GraphPort {
  std::string name;
  std::string type;                  ///< "f32", "f16", "i64", ...
  std::vector<std::int64_t> dims;    ///< -1: free
  std::vector<std::string> symbols;  ///< the name of each free dimension, "" of the others
  std::string meaning;               ///< one line for people: colour space, range, encoding
};

/// A network of any tensors (kind graph_v1): darktable's tasks, which have contracts of their own.
struct GraphSpec {
  std::string id;    ///< its key under "networks": the stem of its file
  std::string file;  ///< name inside the package
  std::vector<GraphPort> inputs;
  std::vector<GraphPort> outputs;
};

/// What goes into a network of kind graph_v1 to try it: values, or the pattern weyl_v1, whose value
/// at the flat index i is low + (high - low) * (i * 2654435761 mod 2^32) / 2^32.
struct GraphProbe {
  std::vector<std::int64_t> dims;
  std::vector<float> values;  ///< C order; empty where the pattern is meant
  double low = 0;
  double high = 0;

  [[nodiscard]] std::size_t count() const;
  /// All of it, in C order: count() floats.
  [[nodiscard]] std::vector<float> samples() const;
};

/// What must come out: samples at flat indices.
struct GraphAnswer {
  std::vector<std::int64_t> dims;
  std::vector<std::int64_t> indices;  ///< ascending
  std::vector<float> values;
};

struct GraphGolden {
  std::string network;
  std::map<std::string, GraphProbe, std::less<>> inputs;
  std::map<std::string, GraphAnswer, std::less<>> outputs;
  double tolerance_f32 = 0;   ///< largest absolute difference allowed in float32
  double tolerance_bf16 = 0;  ///< the same where the engine computes in 16 bits
};

}  // namespace latent::models
