// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/plausibility.h"

#include <fmt/format.h>

#include <algorithm>

namespace latent::read {

namespace {

struct Extremes {
  std::uint16_t min = 65535;
  std::uint16_t max = 0;
};

Extremes extremes_of(ImageView<const std::uint16_t> view) {
  Extremes extremes;
  for (int y = 0; y < view.height(); ++y) {
    for (const std::uint16_t sample : view.row(y)) {
      extremes.min = std::min(extremes.min, sample);
      extremes.max = std::max(extremes.max, sample);
    }
  }
  return extremes;
}

int zero_rows_at_end(ImageView<const std::uint16_t> view) {
  int count = 0;
  for (int y = view.height() - 1; y >= 0; --y, ++count) {
    if (std::ranges::any_of(view.row(y), [](std::uint16_t sample) { return sample != 0; })) break;
  }
  return count;
}

}  // namespace

Result<SampleRange> check_plausible(ImageView<const std::uint16_t> samples, const Rect& active,
                                    const SensorLevels& levels) {
  const auto seen = samples.crop(active);
  const Extremes inside = extremes_of(seen);
  const float darkest_black = *std::ranges::min_element(levels.black.counts);
  const float lowest_white = *std::ranges::min_element(levels.white);
  if (static_cast<float>(inside.max) <= darkest_black) {
    return fail(ErrorCode::Corrupt,
                fmt::format("holds no picture: no sample is above the black level of {:g}; it is "
                            "probably cut short or damaged",
                            darkest_black));
  }
  if (inside.min == inside.max && static_cast<float>(inside.max) < lowest_white) {
    return fail(ErrorCode::Corrupt,
                fmt::format("holds no picture: every sample is {}; it is probably cut short or "
                            "damaged",
                            inside.max));
  }
  constexpr int kMostZeroRows = 3;  // a dead row or two is a sensor's fault, not the file's
  if (const int rows = zero_rows_at_end(seen); darkest_black > 0 && rows > kMostZeroRows) {
    return fail(ErrorCode::Corrupt,
                fmt::format("is cut short or damaged: its last {} rows are empty; copy it from the "
                            "card again",
                            rows));
  }
  return SampleRange{extremes_of(samples).max, inside.min};
}

}  // namespace latent::read
