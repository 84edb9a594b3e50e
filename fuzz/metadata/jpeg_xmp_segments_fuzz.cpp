// SPDX-License-Identifier: GPL-3.0-or-later
// Segments of any bytes: an extension no larger than the file that holds it, or a sentence;
// comments in UTF-8 within the limits.
#include "metadata/jpeg_xmp_segments.h"

#include <cstdlib>
#include <string>

#include "base/path.h"
#include "file_behind.h"
#include "metadata/jpeg_comments.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  const auto file = file_behind("\xff\xd8", data, size);
  const auto extension = xmp_extension(reader_of(file), std::string(32, 'A'), {});
  if (extension && extension->packet.size() > file.size()) std::abort();
  if (!extension && extension.error().message.empty()) std::abort();
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
