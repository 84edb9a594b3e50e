// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/minisign_secret.h"

#include <cstdlib>

/// A secret key from anywhere: an error is good, a crash is bad; what it signs is verified with its
/// public key. One with a password is only looked at: its password takes a second by design.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto covered = latent::models::needs_password(text);
  if (!covered || *covered) return 0;
  const auto secret = latent::models::parse_minisign_secret(text, "");
  if (!secret) return 0;
  const auto key = latent::models::parse_minisign_key(latent::models::public_line(*secret));
  const auto signature = latent::models::sign_minisign("content", *secret, "comment");
  if (!key || !signature) std::abort();
  if (!latent::models::verify_minisign("content", *signature, *key, "it")) std::abort();
  return 0;
}
