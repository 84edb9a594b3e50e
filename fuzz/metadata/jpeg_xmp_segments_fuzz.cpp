// SPDX-License-Identifier: GPL-3.0-or-later
// Segments of any bytes: an extension no larger than the file that holds it, or a sentence.
#include "metadata/jpeg_xmp_segments.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> file{0xFF, 0xD8};
  file.insert(file.end(), data, data + size);
  const auto read_at = [&](std::uint64_t offset, std::size_t count) {
    const auto begin = std::min<std::uint64_t>(offset, file.size());
    const auto end = begin + std::min<std::uint64_t>(count, file.size() - begin);
    return std::vector<std::uint8_t>(file.begin() + static_cast<std::ptrdiff_t>(begin),
                                     file.begin() + static_cast<std::ptrdiff_t>(end));
  };
  const auto extension = latent::metadata::xmp_extension(read_at, std::string(32, 'A'), {});
  if (extension && extension->packet.size() > file.size()) std::abort();
  if (!extension && extension.error().message.empty()) std::abort();
  return 0;
}
