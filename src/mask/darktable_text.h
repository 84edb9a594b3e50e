// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace latent::mask {

/// The bytes behind the text of a blob in darktable's XMP: hexadecimal digits, two a byte; or "gz",
/// two digits (by how much it was packed, at most 99) and the base64 text of a zlib stream.
///
/// Errors   Corrupt   neither of them, a stream that is cut short or damaged.
///          TooLarge  more than 32 MiB of bytes. Messages are predicates.
/// Threads  any.
/// Source   darktable 4.2 writes and reads it so; `docs/masks.md`.
[[nodiscard]] Result<std::vector<std::uint8_t>> decode_darktable_text(std::string_view text);

/// The text of a blob: "gz..." for more than 100 bytes, as darktable does by default, else lower
/// case hexadecimal digits.
[[nodiscard]] std::string encode_darktable_text(std::span<const std::uint8_t> bytes);

}  // namespace latent::mask
