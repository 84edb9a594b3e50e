// SPDX-License-Identifier: GPL-3.0-or-later
// Text chunks of any bytes, as they are and behind the signature of PNG: valid UTF-8 within the
// limits, or a warning.
#include "metadata/png_texts.h"

#include <cstdlib>
#include <string_view>

#include "base/path.h"
#include "file_behind.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  latent::Limits limits;
  limits.max_metadata_bytes = std::size_t{1} << 20U;
  for (const std::string_view signature : {"", "\x89PNG\r\n\x1a\n"}) {
    const auto file = file_behind(signature, data, size);
    std::size_t bytes = 0;
    std::vector<std::string> warnings;
    for (const TextEntry& entry : png_texts(reader_of(file), limits, warnings)) {
      bytes += entry.text.size() + entry.translated_keyword.size();
      if (entry.keyword.empty() || entry.text.empty() || !latent::is_utf8(entry.text)) std::abort();
    }
    if (bytes > limits.max_metadata_bytes) std::abort();
  }
  return 0;
}
