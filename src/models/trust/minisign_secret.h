// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.h"
#include "models/trust/minisign.h"

namespace latent::models {

/// A minisign secret key, ready to sign. Wiped from memory when it goes.
class MinisignSecret {
 public:
  MinisignSecret() = default;
  ~MinisignSecret();
  MinisignSecret(const MinisignSecret&) = default;
  MinisignSecret& operator=(const MinisignSecret&) = default;

  std::array<unsigned char, 8> number{};
  std::array<unsigned char, 64> key{};  ///< Ed25519: seed, then public key
};

/// Whether the text of a secret key is protected by a password.
///
/// Errors   Usage  it is no minisign secret key.
[[nodiscard]] Result<bool> needs_password(std::string_view text);

/// Reads the file that `minisign -G` writes; `password` is not looked at where none is needed.
///
/// Errors   Usage     it is no minisign secret key, or the password is wrong.
///          TooLarge  the key asks for more memory than a password may take (2 GiB).
/// Source   minisign 0.11, "Secret key format".
[[nodiscard]] Result<MinisignSecret> parse_minisign_secret(std::string_view text,
                                                           const std::string& password);

/// The line "RW..." of the public key that belongs to it.
[[nodiscard]] std::string public_line(const MinisignSecret& secret);

/// A detached signature (.minisig) of the BLAKE2b of `content`, as verify_minisign() reads it.
///
/// Errors   Usage  a comment with a line break in it, which would end it.
///          Internal  the cryptographic library does not start.
[[nodiscard]] Result<std::string> sign_minisign(std::string_view content,
                                                const MinisignSecret& secret,
                                                const std::string& trusted_comment);

}  // namespace latent::models
