// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace latent::models {

/// A minisign public key: Ed25519, with the number that its signatures name.
struct MinisignKey {
  std::array<unsigned char, 8> number{};
  std::array<unsigned char, 32> key{};
};

/// Reads a public key: the line "RW..." alone, or the file that minisign writes.
///
/// Errors   Usage  it is neither.
[[nodiscard]] Result<MinisignKey> parse_minisign_key(std::string_view text);

/// Checks a detached signature (.minisig) of `content`: of its bytes ("Ed") or of their BLAKE2b
/// ("ED"), and the global signature, which covers the trusted comment.
///
/// Returns  the trusted comment.
/// Errors   Corrupt  it is no signature, of another key, or wrong; begins with `what`.
/// Source   minisign 0.11, "Signature format".
[[nodiscard]] Result<std::string> verify_minisign(std::string_view content,
                                                  std::string_view signature,
                                                  const MinisignKey& key, const std::string& what);

}  // namespace latent::models
