// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/mend_sites.h"

#include <algorithm>
#include <cstddef>

namespace latent {

namespace {

/// Whose sites are struck.
class Struck {
 public:
  Struck(Size size, std::span<const Point> sites)
      : width_(size.width), marks_(static_cast<std::size_t>(size.area())) {
    for (const Point& site : sites) marks_[index(site)] = true;
  }
  [[nodiscard]] bool at(const Point& site) const { return marks_[index(site)]; }

 private:
  [[nodiscard]] std::size_t index(const Point& site) const {
    return static_cast<std::size_t>(site.y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(site.x);
  }
  int width_;
  std::vector<bool> marks_;
};

std::uint16_t mended(const Mosaic& mosaic, const Struck& struck, const Point& site,
                     std::vector<std::uint16_t>& around) {
  constexpr std::size_t kEnough = 3;
  constexpr int kFarthest = 32;
  const Rect& active = mosaic.active;
  const auto frame = mosaic.samples.view().crop(active);
  const int colour = rgb_index(mosaic.cfa.at(site.x + active.x, site.y + active.y));
  for (int radius = 2; radius <= kFarthest; radius *= 2) {
    around.clear();
    for (int y = std::max(0, site.y - radius); y <= std::min(active.height - 1, site.y + radius);
         ++y) {
      for (int x = std::max(0, site.x - radius); x <= std::min(active.width - 1, site.x + radius);
           ++x) {
        if (struck.at({x, y})) continue;
        if (rgb_index(mosaic.cfa.at(x + active.x, y + active.y)) != colour) continue;
        around.push_back(frame.at(x, y));
      }
    }
    if (around.size() >= kEnough || (radius == kFarthest && !around.empty())) {
      const auto middle = around.begin() + static_cast<std::ptrdiff_t>(around.size() / 2);
      std::nth_element(around.begin(), middle, around.end());
      return *middle;
    }
  }
  return frame.at(site.x, site.y);
}

}  // namespace

std::vector<std::uint16_t> mended_counts(const Mosaic& mosaic, std::span<const Point> sites) {
  if (sites.empty()) return {};
  const Struck struck(mosaic.active.size(), sites);
  std::vector<std::uint16_t> counts;
  counts.reserve(sites.size());
  std::vector<std::uint16_t> around;
  for (const Point& site : sites) counts.push_back(mended(mosaic, struck, site, around));
  return counts;
}

}  // namespace latent
