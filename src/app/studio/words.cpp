// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/words.h"

#include <fmt/format.h>

#include <cmath>

namespace latent::app {

std::string duration_words(double seconds) {
  if (!(seconds >= 0)) return {};
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (seconds < 60) return fmt::format("{:.0f} s", seconds);
  const auto rounded = [&](double step) {
    return std::llround(seconds / step) * std::llround(step);
  };
  if (seconds < 600) {
    const auto whole = rounded(10);
    return whole % 60 == 0 ? fmt::format("{} min", whole / 60)
                           : fmt::format("{} min {} s", whole / 60, whole % 60);
  }
  if (seconds < 3600) return fmt::format("{} min", rounded(60) / 60);
  const auto minutes = rounded(300) / 60;
  return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                           : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string size_words(double bytes) {
  constexpr double kMega = 1e6;
  constexpr double kGiga = 1e9;
  if (bytes >= kGiga) return fmt::format("{:.1f} GB", bytes / kGiga);
  if (bytes >= 10 * kMega) return fmt::format("{:.0f} MB", bytes / kMega);
  return fmt::format("{:.1f} MB", bytes / kMega);
}

}  // namespace latent::app
