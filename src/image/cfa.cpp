// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/cfa.h"

#include <fmt/format.h>

namespace latent {

namespace {
constexpr int kMaxPeriod = 16;
}

Result<CfaPattern> CfaPattern::create(Size period, std::vector<CfaColour> colours) {
  const bool sides_fit = period.width >= 1 && period.width <= kMaxPeriod && period.height >= 1 &&
                         period.height <= kMaxPeriod;
  if (!sides_fit || static_cast<std::size_t>(period.area()) != colours.size()) {
    return fail(ErrorCode::Corrupt,
                fmt::format("a colour filter pattern of {} x {} with {} entries", period.width,
                            period.height, colours.size()));
  }
  CfaPattern pattern;
  pattern.period_ = period;
  pattern.colours_ = std::move(colours);
  return pattern;
}

CfaPattern CfaPattern::shifted(Point origin) const {
  CfaPattern result = *this;
  for (int y = 0; y < period_.height; ++y) {
    for (int x = 0; x < period_.width; ++x) {
      result.colours_[static_cast<std::size_t>(y * period_.width + x)] =
          at(x + origin.x, y + origin.y);
    }
  }
  return result;
}

std::string CfaPattern::letters() const {
  if (is_mono()) return "mono";
  std::string text;
  for (const CfaColour colour : colours_) text += "RGBG"[static_cast<int>(colour)];
  return text;
}

}  // namespace latent
