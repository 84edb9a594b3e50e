// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent::app {

/// A time as a person would say it: "6.9 s", "2 min 30 s", "1 h 20 min". Empty below zero.
[[nodiscard]] std::string duration_words(double seconds);

/// "21 MB", "1.4 GB".
[[nodiscard]] std::string size_words(double bytes);

}  // namespace latent::app
