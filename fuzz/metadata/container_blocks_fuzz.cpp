// SPDX-License-Identifier: GPL-3.0-or-later
// Boxes and attributes of any bytes, as they are and behind the signature of each format.
#include "metadata/container_blocks.h"

#include <cstdlib>
#include <string_view>

#include "file_behind.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  using namespace std::string_view_literals;
  for (const auto signature :
       {""sv, "\0\0\0\x0cJXL \x0d\x0a\x87\x0a"sv, "\x76\x2f\x31\x01\x02\0\0\0"sv}) {
    const auto file = file_behind(signature, data, size);
    const auto blocks = container_blocks(reader_of(file), {});
    if (blocks && blocks->exif.size() + blocks->xmp.size() > 2 * file.size()) std::abort();
  }
  return 0;
}
