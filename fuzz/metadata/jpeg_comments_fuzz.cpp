// SPDX-License-Identifier: GPL-3.0-or-later
// Segments of any bytes: comments in UTF-8 within the limits.
#include "metadata/jpeg_comments.h"

#include <cstdlib>
#include <string>

#include "base/path.h"
#include "file_behind.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  const auto file = file_behind("\xff\xd8", data, size);
  latent::Limits limits;
  limits.max_metadata_bytes = 1000;
  std::size_t bytes = 0;
  std::vector<std::string> warnings;
  for (const TextEntry& entry : jpeg_comments(reader_of(file), limits, warnings)) {
    bytes += entry.text.size();
    if (entry.text.empty() || !latent::is_utf8(entry.text)) std::abort();
  }
  if (bytes > limits.max_metadata_bytes) std::abort();
  return 0;
}
