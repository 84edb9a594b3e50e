// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/exact_rows.h"

#include <algorithm>
#include <cmath>

namespace latent::tasks {

float changed_by_count(float exact, float count, const ExactFloats& floats) {
  constexpr double kFull = 65535;
  constexpr double kRepaired = 0.25;  // of all counts: more than noise ever changes
  if (!std::isfinite(exact)) return exact;
  const double own = double{exact} * floats.scale + floats.offset;
  const double source = std::clamp(std::floor(own + 0.5), 0.0, kFull);
  const double change = count - source;
  const bool beyond = std::abs(own - source) > 1;
  if (beyond && std::abs(change) > kRepaired * kFull) {
    return static_cast<float>((count - floats.offset) / floats.scale);
  }
  return static_cast<float>(exact + change / floats.scale);
}

void change_by_counts(std::span<const float> counts, const ExactFloats& floats, std::size_t step,
                      const float* exact, float* stored) {
  for (const float count : counts) {
    *stored = changed_by_count(*exact, count, floats);
    exact += step;
    stored += step;
  }
}

SensorLevels levels_of_part(const SensorLevels& levels, Point origin) {
  SensorLevels part = levels;
  const Size period = levels.black.period;
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) {
      part.black.counts[static_cast<std::size_t>(y * period.width + x)] =
          levels.black.at(x + origin.x, y + origin.y);
    }
  }
  return part;
}

}  // namespace latent::tasks
