// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace latent::metadata {

/// The bytes of a fuzzer behind the signature of a format.
inline std::vector<std::uint8_t> file_behind(std::string_view signature, const std::uint8_t* data,
                                             std::size_t size) {
  std::vector<std::uint8_t> file(signature.begin(), signature.end());
  file.insert(file.end(), data, data + size);
  return file;
}

}  // namespace latent::metadata
