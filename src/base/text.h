// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent {

/// The text with A to Z as a to z, whatever the locale; other bytes (UTF-8) stay.
[[nodiscard]] inline std::string lower_case(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

}  // namespace latent
