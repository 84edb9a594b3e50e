// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace latent::infer {

/// A graph that is run many times while some of its inputs stay the same, in two: what hangs on
/// these alone is computed once.
struct OnnxSplit {
  std::vector<std::byte> once;  ///< of the inputs that stay, gives `carried`
  /// What `once` gives and the rest takes instead, under their names in the graph. All are float32.
  std::vector<std::string> carried;
  std::vector<std::string> fixed;  ///< inputs that stay and that the rest takes all the same

  /// The rest, which gives what the whole graph gives.
  ///
  /// `sizes`  the dimensions of `carried`, as running `once` has shown them.
  /// Errors   as split_onnx().
  [[nodiscard]] Result<std::vector<std::byte>> each(
      const std::vector<std::vector<std::int64_t>>& sizes) const;

  std::vector<std::byte> whole;  ///< the graph
};

/// Takes a graph apart. Both parts together are the same operators on the same numbers; only what
/// an engine would have joined across the cut may differ in its last digits.
///
/// `fixed`  the float32 inputs that stay the same.
/// Returns  nothing where no convolution and no matrix product hangs on them alone, or where the
///          graph has what is not understood here (graphs inside of nodes, inputs of other types).
/// Errors   Corrupt  as OnnxDocument::read().
[[nodiscard]] Result<std::optional<OnnxSplit>> split_onnx(std::span<const std::byte> onnx,
                                                          const std::set<std::string>& fixed);

}  // namespace latent::infer
