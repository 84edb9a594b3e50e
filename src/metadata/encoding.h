// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace latent::metadata {

/// Text in Latin-1 (ISO/IEC 8859-1), whose bytes are the first 256 characters of Unicode, as UTF-8.
[[nodiscard]] std::string utf8_of_latin1(std::string_view latin1);

/// Text that does not say how it is encoded: as it is where that is UTF-8, else taken for Latin-1.
[[nodiscard]] std::string utf8_of_unstated(std::string_view text);

}  // namespace latent::metadata
