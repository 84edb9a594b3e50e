// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace latent::infer {

/// An operator as a node of an ONNX names it.
struct OperatorName {
  std::string name;
  std::string domain;  ///< empty: ONNX's own
  friend bool operator==(const OperatorName&, const OperatorName&) = default;
};

/// The first operator that ONNX does not define and that the file does not define either, as a
/// function: some program's own, which no other has. Looked for where an engine refuses a network,
/// whose own words are for programmers.
///
/// `onnx`  that judge_onnx() let through; of anything else nothing is found.
/// Source  Protocol Buffers encoding; onnx.proto of ONNX 1.16 (field numbers); the list of operators
///         of ONNX 1.23, those of earlier versions included.
[[nodiscard]] std::optional<OperatorName> unknown_operator(std::span<const std::byte> onnx);

/// What an engine said of a network, or where the network has an unknown operator, that.
[[nodiscard]] Error explained(Error error, std::span<const std::byte> onnx);

}  // namespace latent::infer
