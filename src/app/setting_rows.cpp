// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/setting_rows.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace latent::app::rows {

Setting setting_of(Row row, Form form) {
  Setting setting;
  setting.section = row.section;
  setting.option = std::move(row.option);
  if (setting.option == "--") {
    setting.option += row.key;
    for (char& c : setting.option) c = c == '_' ? '-' : c;
  }
  setting.key = std::move(row.key);
  setting.help = std::move(row.help);
  setting.form = form;
  setting.later = row.later;
  return setting;
}

double percent_of(double fraction) {
  constexpr int kMostDigits = 17;
  for (int digits = 1; digits <= kMostDigits; ++digits) {
    const std::string text = fmt::format("{:.{}g}", fraction * 100.0, digits);
    double percent = 0;
    std::from_chars(text.data(), text.data() + text.size(), percent);
    if (percent / 100.0 == fraction) return percent;
  }
  // One of 17 digits, which the product missed by the last bits.
  constexpr int kMostSteps = 3;
  double above = fraction * 100.0;
  double below = above;
  for (int step = 0; step < kMostSteps; ++step) {
    if (above / 100.0 == fraction) return above;
    if (below / 100.0 == fraction) return below;
    above = std::nextafter(above, 101.0);
    below = std::nextafter(below, 0.0);
  }
  return fraction * 100.0;
}

}  // namespace latent::app::rows
