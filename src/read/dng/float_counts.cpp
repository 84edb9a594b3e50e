// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/float_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace latent::read {

namespace {

constexpr double kFull = 65535;

struct Extremes {
  double least = std::numeric_limits<double>::max();
  double most = std::numeric_limits<double>::lowest();
};

Extremes finite_extremes(ImageView<const float> view) {
  Extremes found;
  for (int y = 0; y < view.height(); ++y) {
    for (const float value : view.row(y)) {
      if (!std::isfinite(value)) continue;
      found.least = std::min<double>(found.least, value);
      found.most = std::max<double>(found.most, value);
    }
  }
  return found;
}

}  // namespace

void choose_counts(ExactFloats& floats, const Rect& seen) {
  constexpr double kMostAboveWhite = 4;
  constexpr double kMostBelowBlack = 0.25;
  constexpr double kRoomBelowBlack = 1.0 / 64;  // as the writer leaves: decision 4
  const double white = *std::ranges::max_element(floats.levels.white);
  const double black = *std::ranges::min_element(floats.levels.black.counts);
  const Extremes found = finite_extremes(std::as_const(floats.samples).view().crop(seen));
  const double range = white - black;
  const double top =
      std::clamp(std::max(found.most, white), white, black + kMostAboveWhite * range);
  const double least = std::max(found.least, black - kMostBelowBlack * range);
  const double bottom = std::min(least, black - kRoomBelowBlack * range);
  // Black and white become whole counts: a DNG's white level is one.
  floats.scale = std::max(1.0, std::floor(range * (kFull - 1) / (top - bottom))) / range;
  floats.offset = std::ceil((black - bottom) * floats.scale) - black * floats.scale;
}

std::string clipped_notice(const ExactFloats& floats, const Rect& seen) {
  const auto view = floats.samples.view().crop(seen);
  const double top = (kFull + 0.5 - floats.offset) / floats.scale;
  const double bottom = (-0.5 - floats.offset) / floats.scale;
  std::int64_t above = 0;
  std::int64_t below = 0;
  for (int y = 0; y < view.height(); ++y) {
    for (const float value : view.row(y)) {
      if (!std::isfinite(value)) continue;
      above += value > top ? 1 : 0;
      below += value < bottom ? 1 : 0;
    }
  }
  if (above + below == 0) return {};
  return fmt::format(
      "as counts of 16 bits, {} samples more than two stops above white and {} far below black are "
      "clipped",
      above, below);
}

Result<Image<std::uint16_t>> counts_of(const ExactFloats& floats, const Limits& limits) {
  const auto from = floats.samples.view();
  auto image = Image<std::uint16_t>::create(floats.samples.size(), from.channels(), limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  const double black = *std::ranges::min_element(floats.levels.black.counts);
  for (int y = 0; y < from.height(); ++y) {
    const auto row = from.row(y);
    const auto to = image->view().row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      const double value = std::isnan(row[x]) ? black : double{row[x]};
      const double count = std::floor(value * floats.scale + floats.offset + 0.5);
      to[x] = static_cast<std::uint16_t>(std::clamp(count, 0.0, kFull));
    }
  }
  return image;
}

SensorLevels counts_of(const SensorLevels& levels, const ExactFloats& floats) {
  const auto count = [&](float level) {
    return static_cast<float>(std::min(level * floats.scale + floats.offset, kFull));
  };
  SensorLevels counts = levels;
  for (float& black : counts.black.counts) black = count(black);
  for (float& white : counts.white) white = count(white);
  return counts;
}

std::string no_numbers_notice(const ExactFloats& floats) {
  const auto view = floats.samples.view();
  std::int64_t count = 0;
  for (int y = 0; y < view.height(); ++y) {
    count += std::ranges::count_if(view.row(y), [](float v) { return !std::isfinite(v); });
  }
  if (count == 0) return {};
  return fmt::format(
      "{} samples are no numbers (NaN or infinite); as counts they are black, the "
      "largest or 0",
      count);
}

}  // namespace latent::read
