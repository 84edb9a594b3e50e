// SPDX-License-Identifier: GPL-3.0-or-later
// Segments of any bytes: an extension no larger than the file that holds it, or a sentence.
#include "metadata/jpeg_xmp_segments.h"

#include <cstdlib>
#include <string>

#include "file_behind.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  const auto file = file_behind("\xff\xd8", data, size);
  const auto extension = xmp_extension(reader_of(file), std::string(32, 'A'), {});
  if (extension && extension->packet.size() > file.size()) std::abort();
  if (!extension && extension.error().sentence.empty()) std::abort();
  return 0;
}
