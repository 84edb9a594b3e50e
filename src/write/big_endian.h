// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace latent::write {

/// Appends a number of 32 bits, the greatest first.
inline void put_big_endian(std::vector<std::uint8_t>& bytes, std::size_t number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

}  // namespace latent::write
