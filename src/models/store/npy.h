// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/tensor.h"

namespace latent::models {

/// An array as numpy.save writes it, taken apart, its samples untouched.
struct NpyParts {
  std::string type;  ///< numpy's word: "<f4"; empty: unreadable
  bool c_order = false;
  std::optional<std::vector<std::int64_t>> dims;  ///< each 0 or more; absent: unreadable
  std::span<const std::byte> data;                ///< what follows the header, of any length
};

/// Versions 1.0 to 3.0 of the format; the header is read, not the samples.
///
/// Errors   Corrupt  not that format; begins with `what`.
[[nodiscard]] Result<NpyParts> split_npy(std::span<const std::byte> bytes, const std::string& what);

/// Reads a tensor as numpy.save writes it: float32, little-endian, C order, four dimensions,
/// version 1.0 to 3.0 of the format.
///
/// Shapes   return [N, C, H, W], each 1..65,536.
/// Errors   Corrupt      not that format, or bytes missing or left over; begins with `what`.
///          Unsupported  another type, order or number of dimensions.
/// Source   NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
[[nodiscard]] Result<Tensor> parse_npy(std::span<const std::byte> bytes, const std::string& what);

}  // namespace latent::models
