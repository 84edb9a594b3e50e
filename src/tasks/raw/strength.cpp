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

void blend(std::span<const std::uint16_t> source, std::span<const float> strengths,
           std::span<float> clean) {
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const float share = strengths[i];
    if (share == 1.0F) continue;
    const auto before = static_cast<float>(source[i]);
    clean[i] = share == 0.0F ? before : share * clean[i] + (1.0F - share) * before;
  }
}

namespace {

/// Calls what(defect, index in the row) for each defect in a row of the area.
template <class What>
void for_defects_in(const std::vector<raw::Defect>& defects, const Rect& area, int row_of_area,
                    What what) {
  const int frame_y = area.y + row_of_area;
  const auto above = [](const raw::Defect& defect, int y) { return defect.y < y; };
  auto defect = std::lower_bound(defects.begin(), defects.end(), frame_y, above);
  for (; defect != defects.end() && defect->y == frame_y; ++defect) {
    if (defect->x < area.x || defect->x >= area.right()) continue;
    what(*defect, static_cast<std::size_t>(defect->x - area.x));
  }
}

float repair_of(const raw::Defect& defect) {
  return static_cast<float>(defect.source) - static_cast<float>(defect.repaired);
}

}  // namespace

void add_at_defects(const std::vector<raw::Defect>& defects, const Rect& area, int row_of_area,
                    double share, std::span<float> counts) {
  const auto kept = static_cast<float>(share);
  for_defects_in(defects, area, row_of_area, [&](const raw::Defect& defect, std::size_t at) {
    counts[at] += kept * repair_of(defect);
  });
}

void add_at_defects(const std::vector<raw::Defect>& defects, const Rect& area, int row_of_area,
                    std::span<const float> strengths, std::span<float> counts) {
  for_defects_in(defects, area, row_of_area, [&](const raw::Defect& defect, std::size_t at) {
    counts[at] += (1.0F - strengths[at]) * repair_of(defect);
  });
}

}  // namespace latent::tasks
