// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/strength.h"

#include <algorithm>

namespace latent::tasks {

void blend(std::span<const std::uint16_t> source, double strength, std::span<float> clean) {
  const auto share = static_cast<float>(strength);
  if (share == 1.0F) return;
  const float kept = 1.0F - share;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    clean[i] = share * clean[i] + kept * static_cast<float>(source[i]);
  }
}

void add_at_defects(const std::vector<raw::Defect>& defects, const Rect& area, int row_of_area,
                    double share, std::span<float> counts) {
  const int frame_y = area.y + row_of_area;
  const auto kept = static_cast<float>(share);
  const auto above = [](const raw::Defect& defect, int y) { return defect.y < y; };
  auto defect = std::lower_bound(defects.begin(), defects.end(), frame_y, above);
  for (; defect != defects.end() && defect->y == frame_y; ++defect) {
    if (defect->x < area.x || defect->x >= area.right()) continue;
    counts[static_cast<std::size_t>(defect->x - area.x)] +=
        kept * (static_cast<float>(defect->source) - static_cast<float>(defect->repaired));
  }
}

}  // namespace latent::tasks
