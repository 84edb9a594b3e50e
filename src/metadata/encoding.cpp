// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/encoding.h"

#include <cstdint>

#include "base/path.h"

namespace latent::metadata {

std::string utf8_of_latin1(std::string_view latin1) {
  std::string text;
  for (const char letter : latin1) {
    const auto byte = static_cast<std::uint8_t>(letter);
    if (byte < 0x80) {
      text += letter;
    } else {
      text += static_cast<char>(0xC0U | byte >> 6U);
      text += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return text;
}

std::string utf8_of_unstated(std::string_view text) {
  return is_utf8(text) ? std::string(text) : utf8_of_latin1(text);
}

}  // namespace latent::metadata
