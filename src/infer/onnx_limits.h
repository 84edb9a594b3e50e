// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace latent::infer {

/// What a network may ask of an engine, which compiles whatever it is given and cannot be stopped
/// while it does.
struct GraphLimits {
  std::size_t max_bytes = (std::size_t{1} << 31U) - 1;  ///< beyond it there is no ONNX either
  /// Operators and constants, those of branches and functions too, each function as often as it is
  /// called. Networks for photographs have some hundreds, the largest known some thousands.
  std::size_t max_parts = 30'000;
  int max_depth = 16;  ///< of branches in branches
};

/// Judges an ONNX before an engine gets its bytes. Weights are skipped, not read.
///
/// Data outside of the file is refused, wherever a tensor stands (initialisers, sparse ones,
/// attributes, branches, functions, training parts): an engine would read it from a folder of its
/// choice, and the package's hash would not say what ran. An operator that has a graph inside is
/// refused unless it is If: Loop, Scan and their like may go round for ever, and no contract of
/// docs/package-format.md needs one. If ends, and exporters write it where a size is free.
///
/// Errors   Corrupt      no ONNX, or damaged.
///          Unsupported  data outside of the file, loops, functions that call themselves.
///          TooLarge     beyond the limits.
///          The sentence is a predicate: "keeps its weights in ...".
/// Source   Protocol Buffers encoding; onnx.proto of ONNX 1.16 (field numbers).
[[nodiscard]] Status judge_onnx(std::span<const std::byte> onnx, const GraphLimits& limits = {});

}  // namespace latent::infer
