// SPDX-License-Identifier: GPL-3.0-or-later
// Text chunks of any bytes, as they are and behind the signature of PNG: valid UTF-8 within the
// limits, or a warning.
#include "metadata/png_texts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/path.h"

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
  latent::Limits limits;
  limits.max_metadata_bytes = std::size_t{1} << 20U;
  const auto texts = latent::metadata::png_texts(read_at, limits);
  std::size_t bytes = 0;
  for (const auto& entry : texts.entries) {
    bytes += entry.text.size();
    if (entry.keyword.empty() || entry.text.empty() || !latent::is_utf8(entry.text)) std::abort();
  }
  if (bytes > limits.max_metadata_bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::string_view_literals;
  walk(""sv, data, size);
  walk("\x89PNG\r\n\x1a\n"sv, data, size);
  return 0;
}
