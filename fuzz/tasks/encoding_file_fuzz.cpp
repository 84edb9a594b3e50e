// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "tasks/mask/encoding_file.h"

/// A kept encoding that somebody changed: an error is good, a crash is bad. The checksum is made
/// right first, or nothing behind it would ever be read; what was read is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string key(64, '0');
  (void)latent::tasks::encoding_of(bytes, key);
  const std::string whole =
      "LTENC001" + key + latent::sha256_hex(std::as_bytes(std::span(bytes))) + std::string(bytes);
  const auto tensors = latent::tasks::encoding_of(whole, key);
  if (!tensors) return 0;
  const auto again = latent::tasks::encoding_bytes(key, *tensors);
  if (!again || !latent::tasks::encoding_of(*again, key)) std::abort();
  return 0;
}
