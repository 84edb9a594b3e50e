// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/manifest.h"

/// config.json from anywhere: an error is good, a crash is bad.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = latent::models::parse_manifest(text);
  if (manifest) (void)manifest->network(latent::models::NetworkKind::LatentCfaV1);
  return 0;
}
