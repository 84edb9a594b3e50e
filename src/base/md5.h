// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace latent {

/// MD5 as 32 upper-case hex digits: the name that the XMP specification gives to a packet. It
/// proves nothing about who made the bytes; what must be trusted is hashed with SHA-256 (hash.h).
///
/// Source   RFC 1321.
[[nodiscard]] std::string md5_hex(std::span<const std::uint8_t> bytes);

}  // namespace latent
