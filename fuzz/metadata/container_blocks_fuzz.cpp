// SPDX-License-Identifier: GPL-3.0-or-later
// Boxes and attributes of any bytes, as they are and behind the signature of each format.
#include "metadata/container_blocks.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

void walk(std::string_view signature, const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> file(signature.begin(), signature.end());
  file.insert(file.end(), data, data + size);
  const auto read_at = [&](std::uint64_t offset, std::size_t count) {
    const auto begin = std::min<std::uint64_t>(offset, file.size());
    const auto end = begin + std::min<std::uint64_t>(count, file.size() - begin);
    return std::vector<std::uint8_t>(file.begin() + static_cast<std::ptrdiff_t>(begin),
                                     file.begin() + static_cast<std::ptrdiff_t>(end));
  };
  const auto blocks = latent::metadata::container_blocks(read_at, {});
  if (blocks && blocks->exif.size() + blocks->xmp.size() > 2 * file.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::string_view_literals;
  for (const auto signature :
       {""sv, "\0\0\0\x0cJXL \x0d\x0a\x87\x0a"sv, "\x76\x2f\x31\x01\x02\0\0\0"sv}) {
    walk(signature, data, size);
  }
  return 0;
}
