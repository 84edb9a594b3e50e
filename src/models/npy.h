// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"
#include "image/tensor.h"

namespace latent::models {

/// Reads a tensor as numpy.save writes it: float32, little-endian, C order, four dimensions,
/// version 1.0 to 3.0 of the format.
///
/// Shapes   return [N, C, H, W], each 1..65,536.
/// Errors   Corrupt      not that format, or bytes missing or left over; begins with `what`.
///          Unsupported  another type, order or number of dimensions.
/// Source   NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
[[nodiscard]] Result<Tensor> parse_npy(std::span<const std::byte> bytes, const std::string& what);

}  // namespace latent::models
