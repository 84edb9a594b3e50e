// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as an address in an index: https without a user, or a sentence; what comes out leads to
// itself.
#include "models/store/download.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using latent::models::resolve_url;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string reference = text.substr(0, text.find('\0'));
  const auto url = resolve_url("https://models.invalid/index/v1.json", reference);
  if (!url) {
    if (url.error().sentence.empty()) std::abort();
    return 0;
  }
  if (!url->starts_with("https://")) std::abort();
  const auto again = resolve_url(*url, "");
  if (!again) std::abort();
  return 0;
}
