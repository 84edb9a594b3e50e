// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mask/net_contract.h"

namespace latent::tasks {

/// A photograph's encoding as the bytes of a file: magic, key, SHA-256 of the rest, and a zstd frame
/// of names, shapes and values in 16 bits (IEEE 754 binary16, little endian).
///
/// `key`    64 hexadecimal digits: of what the network was shown, and of the network
/// Errors   Internal   a key that is none; Unsupported more than 8 tensors or 8 dimensions.
[[nodiscard]] Result<std::string> encoding_bytes(std::string_view key,
                                                 const std::vector<mask::NetTensor>& tensors);

/// Reads it back; values are those of 16 bits.
///
/// Errors   Corrupt  another kind of file, another key, bytes that were changed, shapes that do not
///                   fit the values. TooLarge  more than 1 GB.
[[nodiscard]] Result<std::vector<mask::NetTensor>> encoding_of(std::string_view bytes,
                                                               std::string_view key);

/// Values as they come back: rounded to 16 bits, so that a mask does not depend on whether the
/// encoding was kept.
void round_to_half(std::vector<mask::NetTensor>& tensors);

}  // namespace latent::tasks
