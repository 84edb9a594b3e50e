// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/defect_sites.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace latent::raw {

namespace {

SiteFacts facts_of(const Mosaic& mosaic, const NoiseModel& noise, int x, int y) {
  const int buffer_x = x + mosaic.active.x;
  const int buffer_y = y + mosaic.active.y;
  const CfaColour colour = mosaic.cfa.at(buffer_x, buffer_y);
  const auto index = static_cast<std::size_t>(rgb_index(colour));
  SiteFacts site;
  site.black = mosaic.levels.black.at(buffer_x, buffer_y);
  const double white = mosaic.levels.white[static_cast<std::size_t>(colour)];
  site.range = std::max(1.0, white - site.black);
  site.a = noise.a[index];
  site.b = noise.b[index];
  for (int dy = -kDefectRadius; dy <= kDefectRadius; ++dy) {
    for (int dx = -kDefectRadius; dx <= kDefectRadius; ++dx) {
      const CfaColour there = mosaic.cfa.at(buffer_x + dx, buffer_y + dy);
      const int further = positive_modulo(rgb_index(there) - rgb_index(colour), 3);
      if (further != 0) {
        site.other[static_cast<std::size_t>(further - 1)].push_back({dx, dy});
      } else if (dx != 0 || dy != 0) {
        site.same.push_back({dx, dy});
      }
    }
  }
  return site;
}

}  // namespace

Result<Sites> Sites::create(const Mosaic& mosaic, const NoiseModel& noise) {
  Sites sites(mosaic);
  const Size cfa = mosaic.cfa.period();
  const Size black = mosaic.levels.black.period;
  sites.period_ = {std::lcm(cfa.width, black.width), std::lcm(cfa.height, black.height)};
  for (int y = 0; y < sites.period_.height; ++y) {
    for (int x = 0; x < sites.period_.width; ++x) {
      sites.facts_.push_back(facts_of(mosaic, noise, x, y));
      if (sites.facts_.back().same.size() < 3) {
        return fail(ErrorCode::Unsupported, "the colours of this mosaic repeat too far apart");
      }
    }
  }
  return sites;
}

double Sites::least_range() const {
  double least = 65535;
  for (const SiteFacts& site : facts_) least = std::min(least, site.range);
  return least;
}

}  // namespace latent::raw
