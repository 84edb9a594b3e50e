// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/offers.h"

/// darktable's index files from anywhere: an error is good, a crash is bad.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)latent::models::parse_versions(text, {});
  (void)latent::models::parse_releases_index(text);
  return 0;
}
