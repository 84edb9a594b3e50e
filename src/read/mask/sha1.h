// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace latent::read {

/// The SHA-1 of bytes in 40 lower-case hexadecimal digits: the name by which darktable's `.dtdata`
/// calls its entries. It tells damage; it is no protection.
///
/// Source   FIPS 180-4, 6.1.
[[nodiscard]] std::string sha1_hex(std::span<const std::uint8_t> bytes);

}  // namespace latent::read
